import { believableResetMs, type RateTold } from './rate-told.ts';

type Headers = Readonly<Record<string, string>>;

const prefixes = ['ratelimit-', 'x-ratelimit-', 'x-rate-limit-'];

/**
 * What the headers of an answer tell of its quota: the single fields that most sources send, or the one field of the later
 * drafts of the IETF. A reset is told in seconds, as an epoch or as a date; which of them cannot be mistaken.
 */
export function readRateHeaders(headers: Headers, sourceNowMs: number): RateTold | undefined {
  for (const prefix of prefixes) {
    const remaining = firstNumber(headers[`${prefix}remaining`]);
    const resetsInMs = readReset(headers[`${prefix}reset`], sourceNowMs);
    if (remaining === undefined || resetsInMs === undefined) continue;
    return { limit: firstNumber(headers[`${prefix}limit`]), remaining, resetsInMs };
  }
  return readCombined(headers['ratelimit']);
}

/** `"minute";r=3;t=20, "day";r=900;t=70000`, or `limit=10, remaining=3, reset=20`: of several, the one with least left. */
function readCombined(text: string | undefined): RateTold | undefined {
  if (text === undefined) return undefined;
  const lists = /\bremaining\s*=/.test(text) ? [text] : text.split(',');
  const told = lists.flatMap((list): RateTold[] => {
    const remaining = parameter(list, 'r|remaining');
    const seconds = parameter(list, 't|reset');
    if (remaining === undefined || seconds === undefined) return [];
    return [
      {
        limit: parameter(list, 'limit'),
        remaining,
        resetsInMs: believableResetMs(seconds * 1_000),
      },
    ];
  });
  return told.toSorted((a, b) => a.remaining - b.remaining)[0];
}

function parameter(list: string, names: string): number | undefined {
  return firstNumber(new RegExp(`(?:^|[;,\\s])(?:${names})\\s*=\\s*(\\d+)`).exec(list)?.[1]);
}

function firstNumber(text: string | undefined): number | undefined {
  const digits = /^\s*(\d{1,15}(?:\.\d+)?)/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** No source asks to wait for thirty years: so large a number of seconds is an epoch, and a thousand times that is in ms. */
const EPOCH_SECONDS = 1e9;
const EPOCH_MS = 1e11;

function readReset(text: string | undefined, sourceNowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const isNumber = /^\s*\d{1,15}(\.\d+)?\s*(,|$)/.test(text);
  const number = isNumber ? Number.parseFloat(text) : Date.parse(text);
  if (Number.isNaN(number)) return undefined;
  if (isNumber && number < EPOCH_SECONDS) return believableResetMs(number * 1_000);
  const atMs = number >= EPOCH_MS ? number : number * 1_000;
  return believableResetMs(Math.max(0, atMs - sourceNowMs));
}
