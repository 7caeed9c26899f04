import { expect, test } from 'vitest';
import { HttpRequest } from '../definition/request.ts';
import { judgeAnswer } from './judge-answer.ts';
import { retryAfterMs, sourceClockUs } from './retry-after.ts';

const requestOf = (answers: unknown) => ({ request: HttpRequest.parse({ path: '/x', answers }) });

const throttling = requestOf([
  { status: 400, body: 'slow down', action: 'throttle' },
  { status: 502, action: 'throttle' },
]);

/** What became of an answer, in one shape. */
function judge(definition: ReturnType<typeof requestOf>, given: ReturnType<typeof answer>) {
  const judged = judgeAnswer(definition, given);
  if (!judged) return {};
  return 'special' in judged ? { special: judged.special } : judged;
}

const answer = (status: number, text = '', retryAfter?: string) => ({
  status,
  url: new URL('http://127.0.0.1/'),
  headers: {},
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
  [400, 'please slow down', 'SOURCE_THROTTLED', 'uncounted'],
  [401, '', 'SOURCE_AUTH_REJECTED', 'no'],
  [403, '', 'SOURCE_AUTH_REJECTED', 'no'],
  [404, '', 'SOURCE_REJECTED', 'no'],
  [408, '', 'SOURCE_UNAVAILABLE', 'counted'],
  [429, '', 'SOURCE_THROTTLED', 'uncounted'],
  [500, '', 'SOURCE_UNAVAILABLE', 'counted'],
  [502, '', 'SOURCE_THROTTLED', 'counted'],
  [503, '', 'SOURCE_THROTTLED', 'counted'],
])('%i "%s" means %s', (status, text, code, again) => {
  const refusal = judge(throttling, answer(status, text));

  expect(refusal).toEqual(code === undefined ? {} : expect.objectContaining({ code, again }));
});

test('the pause that a source asks for is read by its own clock', () => {
  const date = new Date(1_700_000_007_000).toUTCString();

  expect(judge(throttling, answer(429, '', '3'))).toMatchObject({ pauseMs: 3_000 });
  expect(judge(throttling, answer(429, '', date))).toMatchObject({ pauseMs: 7_000 });
  expect(judge(throttling, answer(429))).toMatchObject({ pauseMs: undefined });
  expect(retryAfterMs('soon', 0)).toBeUndefined();
});

test('a pause is never none, or the source would be asked without end, and never longer than a day', () => {
  const past = new Date(1_600_000_000_000).toUTCString();

  for (const nothing of ['0', '-5', '0.0', past, 'soon', '']) {
    expect(judge(throttling, answer(429, '', nothing)), nothing).toMatchObject({
      again: 'uncounted',
      pauseMs: undefined,
    });
  }
  for (const years of ['999999999', 'Fri, 31 Dec 9999 23:59:59 GMT']) {
    expect(judge(throttling, answer(429, '', years))).toMatchObject({ pauseMs: 86_400_000 });
  }
});

test('the clock of a source is its date less the age of the answer', () => {
  const date = new Date(1_700_000_000_000).toUTCString();

  expect(sourceClockUs(date, '30')).toBe(1_699_999_970_000_000n);
  expect(sourceClockUs(date, undefined)).toBe(1_700_000_000_000_000n);
  expect(sourceClockUs(undefined, '30')).toBeUndefined();
});

test.each([
  [{ status: 404, action: 'ignore' }, 404, '', { special: 'ignored' }],
  [{ status: 413, action: 'split' }, 413, '', { special: 'too-many' }],
  [
    { status: 200, body: 'oops', action: 'fail' },
    200,
    'oops!',
    { code: 'SOURCE_REJECTED', again: 'no' },
  ],
  [{ at: 'error', action: 'fail' }, 200, '{"error":{"code":1}}', { code: 'SOURCE_REJECTED' }],
  [{ at: 'error', action: 'fail' }, 200, '{"error":null}', {}],
  [{ at: 'error', action: 'fail' }, 200, '<html>', {}],
  [{ at: 'code', value: 5005, action: 'throttle' }, 200, '{"code":5005}', { again: 'uncounted' }],
  [{ at: 'code', value: 5005, action: 'throttle' }, 200, '{"code":"5005"}', { again: 'uncounted' }],
  [{ at: 'code', value: 5005, action: 'throttle' }, 200, '{"code":5006}', {}],
  [{ status: 500, action: 'retry', wait: '9s' }, 500, '', { again: 'counted', pauseMs: 9_000 }],
  [
    { status: 403, action: 'refresh-token' },
    403,
    '',
    { code: 'SOURCE_AUTH_REJECTED', renew: true },
  ],
  [{ status: 403, body: 'rate limit', action: 'throttle' }, 403, 'forbidden', { again: 'no' }],
])('the rule %j makes of %i %s: %j', (rule, status, text, expected) => {
  expect(judge(requestOf([rule]), answer(status, text))).toMatchObject(expected);
});

test('the first rule that matches counts', () => {
  const rules = requestOf([
    { status: 400, body: 'gone', action: 'ignore' },
    { status: 400, action: 'throttle' },
  ]);

  expect(judge(rules, answer(400, 'all gone'))).toEqual({ special: 'ignored' });
  expect(judge(rules, answer(400, 'busy'))).toMatchObject({ code: 'SOURCE_THROTTLED' });
});

test('the wait of a rule yields to what the answer asks for itself', () => {
  const rules = requestOf([{ status: 403, body: 'limit', action: 'throttle', wait: '1m' }]);

  expect(judge(rules, answer(403, 'limit'))).toMatchObject({ pauseMs: 60_000 });
  expect(judge(rules, answer(403, 'limit', '5'))).toMatchObject({ pauseMs: 5_000 });
});
