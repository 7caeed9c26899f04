import type { Partition } from '@tidemark/contracts';
import { UsageError } from './cli-io.ts';

/**
 * A partition from `key=value` texts, undefined without any. A value that is a number, true, false or a text in
 * double quotes is taken as JSON; any other is a text as it stands.
 */
export function readPartition(pairs: readonly string[]): Partition | undefined {
  if (pairs.length === 0) return undefined;
  return Object.fromEntries(pairs.map(readPair));
}

function readPair(pair: string): [string, string | number | boolean] {
  const at = pair.indexOf('=');
  if (at < 1) throw new UsageError(`--partition needs key=value, for example season=2024: ${pair}`);
  return [pair.slice(0, at), readValue(pair.slice(at + 1))];
}

function readValue(text: string): string | number | boolean {
  if (/^(true|false|-?(0|[1-9]\d{0,14})(\.\d+)?)$/.test(text) || /^".*"$/.test(text)) {
    try {
      return JSON.parse(text) as string | number | boolean;
    } catch {
      return text;
    }
  }
  return text;
}
