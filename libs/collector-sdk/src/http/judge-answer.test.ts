import { expect, test } from 'vitest';
import { HttpSource } from '../definition/source.ts';
import { judgeAnswer } from './judge-answer.ts';
import { retryAfterMs, sourceClockUs } from './retry-after.ts';

const source = HttpSource.parse({
  name: 'x',
  baseUrl: 'http://127.0.0.1',
  throttledBy: [{ status: 400, body: 'slow down' }, { status: 502 }],
});
const answer = (status: number, text = '', retryAfter?: string) => ({
  status,
  text,
  retryAfter,
  utf8: undefined,
  bodyBytes: text.length,
  sourceUs: '1700000000000000',
});

test.each([
  [200, '', undefined, undefined],
  [204, '', undefined, undefined],
  [400, 'no such thing', 'SOURCE_REJECTED', 'no'],
  [400, 'please slow down', 'SOURCE_THROTTLED', 'counted'],
  [401, '', 'SOURCE_AUTH_REJECTED', 'no'],
  [403, '', 'SOURCE_AUTH_REJECTED', 'no'],
  [404, '', 'SOURCE_REJECTED', 'no'],
  [408, '', 'SOURCE_UNAVAILABLE', 'counted'],
  [429, '', 'SOURCE_THROTTLED', 'uncounted'],
  [500, '', 'SOURCE_UNAVAILABLE', 'counted'],
  [502, '', 'SOURCE_THROTTLED', 'counted'],
  [503, '', 'SOURCE_THROTTLED', 'counted'],
])('%i "%s" means %s', (status, text, code, again) => {
  const refusal = judgeAnswer(source, answer(status, text));

  expect(refusal?.code).toBe(code);
  expect(refusal?.again).toBe(again);
});

test('the pause that a source asks for is read by its own clock', () => {
  const date = new Date(1_700_000_007_000).toUTCString();

  expect(judgeAnswer(source, answer(429, '', '3'))?.pauseMs).toBe(3_000);
  expect(judgeAnswer(source, answer(429, '', date))?.pauseMs).toBe(7_000);
  expect(judgeAnswer(source, answer(429))?.pauseMs).toBeUndefined();
  expect(retryAfterMs('soon', 0)).toBeUndefined();
});

test('the clock of a source is its date less the age of the answer', () => {
  const date = new Date(1_700_000_000_000).toUTCString();

  expect(sourceClockUs(date, '30')).toBe(1_699_999_970_000_000n);
  expect(sourceClockUs(date, undefined)).toBe(1_700_000_000_000_000n);
  expect(sourceClockUs(undefined, '30')).toBeUndefined();
});
