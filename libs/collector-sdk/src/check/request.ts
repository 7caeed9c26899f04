import { durationToMicros } from '../duration.ts';
import type { HttpSource } from '../definition/source.ts';
import type { Mistake, Sections } from './mistake.ts';

/** What a source's settings must have in common. */
export function checkRequest({ source }: Sections): Mistake[] {
  const mistakes: Mistake[] = [];
  if (source && durationToMicros(source.timeout) === 0n) {
    mistakes.push({ path: 'source.timeout', message: 'must be longer than nothing' });
  }
  if (source?.kind === 'http') mistakes.push(...checkBaseUrl(source));
  return mistakes;
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
