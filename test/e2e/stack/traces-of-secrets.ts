import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Finds secrets in texts, however they are written there. Each secret holds a word of letters and digits that stands nowhere
 * else, which no escaping changes; in base64 it looks different at each of three places, and all of them are known.
 */
export class SecretFinder {
  readonly #traces: readonly string[];

  constructor(words: readonly string[]) {
    this.#traces = words.flatMap((word) => [word, ...inBase64(word)]);
  }

  /** The traces of secrets that a text holds. */
  in(text: string): string[] {
    return this.#traces.filter((trace) => text.includes(trace));
  }
}

function inBase64(word: string): string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.from('\0'.repeat(before) + word)
      .toString('base64')
      .replace(/=+$/, '');
    // What depends on the neighbours of the word is left out: characters of six bits that it does not fill alone.
    const first = Math.ceil((before * 8) / 6);
    const whole = Math.floor(((before + word.length) * 8) / 6);
    return text.slice(first, whole);
  });
}

/** All files below a folder as texts, by their paths. */
export function filesBelow(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, readFileSync(path, 'latin1')];
    }),
  );
}

/** The command lines of all processes, as anybody on this machine can see them. */
export function commandLines(): string {
  if (!existsSync('/proc/self/cmdline')) {
    return execFileSync('ps', ['-axww', '-o', 'args'], { encoding: 'utf8' });
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((id) => readOrNothing(join('/proc', id, 'cmdline')))
    .join('\n');
}

/** A process may end while it is looked at. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
