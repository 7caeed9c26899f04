import { durationToMicros } from '../duration.ts';
import type { HttpSource } from '../definition/source.ts';
import type { Mistake, Sections } from './mistake.ts';

/** What source, request and pagination must have in common. */
export function checkRequest({ source, paginate }: Sections): Mistake[] {
  const mistakes: Mistake[] = [];
  if (source?.rate && durationToMicros(source.rate.per) === 0n) {
    mistakes.push({ path: 'source.rate.per', message: 'must be longer than nothing' });
  }
  if (source && durationToMicros(source.timeout) === 0n) {
    mistakes.push({ path: 'source.timeout', message: 'must be longer than nothing' });
  }
  if (source?.kind === 'http') mistakes.push(...checkBaseUrl(source));
  if (paginate?.kind === 'page' && paginate.width > 1 && paginate.totalPages === undefined) {
    mistakes.push({
      path: 'paginate.width',
      message:
        'pages are asked for at the same time only where totalPages tells how many there are',
    });
  }
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
