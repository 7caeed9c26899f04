import { durationToMicros } from '../duration.ts';
import type { HttpSource, Source } from '../definition/source.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently } from './readable.ts';

/** What a source's settings must have in common. */
export function checkRequest({ source }: Sections): Mistake[] {
  if (!source) return [];
  return independently(
    () => checkTimeout(source),
    () => (source.kind === 'http' ? checkBaseUrl(source) : []),
  );
}

function checkTimeout({ timeout }: Source): Mistake[] {
  if (durationToMicros(timeout) !== 0n) return [];
  return [{ path: 'source.timeout', message: 'must be longer than nothing' }];
}

function checkBaseUrl({ baseUrl }: HttpSource): Mistake[] {
  const mistakes: Mistake[] = [];
  if (/[?#]/.test(baseUrl)) {
    mistakes.push({ path: 'source.baseUrl', message: 'must not have a query or a fragment' });
  }
  if (new URL(baseUrl).username !== '') {
    mistakes.push({
      path: 'source.baseUrl',
      message: 'must not have credentials; name a secret in source.auth',
    });
  }
  return mistakes;
}
