import { expect, test } from 'vitest';
import { readRateBody } from './read-rate-body.ts';
import { readRateHeaders } from './read-rate-headers.ts';

const nowMs = Date.parse('2026-01-01T00:00:00Z');
const inAMinute = nowMs + 60_000;

test.each([
  ['seconds', { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': '60' }, undefined],
  [
    'an epoch in seconds',
    { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': `${inAMinute / 1_000}` },
    undefined,
  ],
  [
    'an epoch in milliseconds',
    { 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': `${inAMinute}` },
    undefined,
  ],
  [
    'a date',
    { 'x-rate-limit-remaining': '7', 'x-rate-limit-reset': new Date(inAMinute).toUTCString() },
    undefined,
  ],
  [
    'fields of a draft',
    { 'ratelimit-limit': '100, 100;w=60', 'ratelimit-remaining': '7', 'ratelimit-reset': '60' },
    100,
  ],
  ['one field', { ratelimit: 'limit=100, remaining=7, reset=60' }, 100],
  ['a list of quotas', { ratelimit: '"day";r=900;t=70000, "minute";r=7;t=60' }, undefined],
])('%s', (_, headers, limit) => {
  expect(readRateHeaders(headers as never, nowMs)).toEqual({
    limit,
    remaining: 7,
    resetsInMs: 60_000,
  });
});

test.each([
  [{}],
  [{ 'x-ratelimit-remaining': '7' }],
  [{ 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': '60' }],
  [{ 'x-ratelimit-remaining': '7', 'x-ratelimit-reset': 'soon' }],
  [{ ratelimit: 'unlimited' }],
])('%j tells nothing', (headers) => {
  expect(readRateHeaders(headers as never, nowMs)).toBeUndefined();
});

test('an epoch that has passed is over', () => {
  const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1700000000' };

  expect(readRateHeaders(headers, nowMs)?.resetsInMs).toBe(0);
});

const paths = { remaining: 'rate.remaining', resetsIn: 'rate.seconds', entity: 'rate.entity' };

test('the body tells at the declared paths', () => {
  const answer = { rate: { remaining: 2_999, seconds: 3_600, entity: 'Fixture' } };

  expect(readRateBody(paths, answer)).toEqual({
    remaining: 2_999,
    resetsInMs: 3_600_000,
    entity: 'Fixture',
  });
});

test.each([
  [undefined],
  [{}],
  [{ rate: { remaining: null, seconds: 1 } }],
  [{ rate: { remaining: 'x', seconds: 1 } }],
])('the body %j tells nothing', (answer) => {
  expect(readRateBody(paths, answer)).toBeUndefined();
});
