import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface WaitOptions {
  /** What is waited for, as the end of the sentence "waited for …". */
  readonly what: string;
  readonly timeoutMs?: number | undefined;
}

const INTERVAL_MS = 20;

/**
 * Asks a condition until it gives something truthy, and resolves with that; rejects when the time is over. A
 * condition that throws is asked again: what it looks at may be starting.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  options: WaitOptions,
): Promise<NonNullable<T>> {
  const timeoutMs = options.timeoutMs ?? 20_000;
  const end = performance.now() + timeoutMs;
  let last: unknown;
  let thrown: unknown;
  do {
    try {
      last = await condition();
      thrown = undefined;
      if (isMet(last as T)) return last as NonNullable<T>;
    } catch (error) {
      thrown = error;
    }
    await delay(INTERVAL_MS);
  } while (performance.now() < end);
  const seen = thrown === undefined ? `it was ${inspect(last)}` : `it threw ${messageOf(thrown)}`;
  throw new Error(`waited ${timeoutMs} ms for ${options.what}; at last ${seen}`, { cause: thrown });
}

function isMet<T>(value: T): value is NonNullable<T> {
  return Boolean(value);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : inspect(thrown);
}
