import { readFileSync } from 'node:fs';

/** Names of query parameters whose value may be a secret; what is hidden needlessly harms nobody. */
const secretParameter =
  /token|secret|password|passwd|pwd|credential|signature|api[-_]?key|((^|[-_])(key|auth|authorization|sig|app_?id)$)/i;

const PREFIX = 'TIDEMARK_SECRET_';
const HOSTS = '_HOSTS';
const FILE = '_FILE';

/** The secrets of sources that this process was given, itself or by files: in a URL they are recognised under any name. */
export function secretValues(env: NodeJS.ProcessEnv): ReadonlySet<string> {
  const secrets = Object.entries(env).flatMap(([variable, value]) =>
    value && variable.startsWith(PREFIX) && !variable.endsWith(HOSTS)
      ? valueOf(variable, value)
      : [],
  );
  return new Set(secrets);
}

function valueOf(variable: string, value: string): string[] {
  if (!variable.endsWith(FILE)) return [value];
  try {
    return [readFileSync(value, 'utf8').replace(/\r?\n$/, '')];
  } catch {
    // The service itself says what is wrong with the file, and does not start.
    return [];
  }
}

/**
 * The URL without user and password, and with `REDACTED` for the values of parameters that are secrets or are named like
 * secrets.
 */
export function redactUrl(url: URL, secrets: ReadonlySet<string> = new Set()): URL {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  const names = [...shown.searchParams]
    .filter(([name, value]) => secretParameter.test(name) || secrets.has(value))
    .map(([name]) => name);
  // Untouched, a query keeps the spelling in which it was sent.
  for (const name of names) shown.searchParams.set(name, 'REDACTED');
  return shown;
}
