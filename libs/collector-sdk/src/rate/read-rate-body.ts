import { lookUp, textOf } from '../answer/look-up.ts';
import type { Rate } from '../definition/rate.ts';
import { believableResetMs, type RateTold } from './rate-told.ts';

/** What the body of an answer tells of its quota, at the declared paths; undefined when it does not. */
export function readRateBody(
  paths: NonNullable<Rate['body']>,
  answer: unknown,
): RateTold | undefined {
  const remaining = numberAt(answer, paths.remaining);
  const seconds = numberAt(answer, paths.resetsIn);
  if (remaining === undefined || seconds === undefined) return undefined;
  const entity = paths.entity === undefined ? undefined : textOf(lookUp(answer, paths.entity));
  return { remaining, resetsInMs: believableResetMs(seconds * 1_000), entity };
}

function numberAt(answer: unknown, path: string): number | undefined {
  const text = textOf(lookUp(answer, path));
  const number = text === undefined ? Number.NaN : Number(text);
  return number >= 0 && Number.isFinite(number) ? number : undefined;
}
