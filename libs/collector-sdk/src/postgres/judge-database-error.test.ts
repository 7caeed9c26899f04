import { TerminalError } from '@tidemark/runtime';
import { expect, test } from 'vitest';
import { AddressRefusedError } from '../http/guarded-agent.ts';
import { judgeDatabaseError } from './judge-database-error.ts';

const said = (code: string, message = 'what the server says'): Error =>
  Object.assign(new Error(message), { code, severity: 'ERROR' });
const broken = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });

test.each([
  ['57P01', 'SOURCE_UNAVAILABLE', 'counted'],
  ['57P03', 'SOURCE_UNAVAILABLE', 'counted'],
  ['57014', 'SOURCE_UNAVAILABLE', 'counted'],
  ['40001', 'SOURCE_UNAVAILABLE', 'counted'],
  ['53300', 'SOURCE_UNAVAILABLE', 'counted'],
  ['08006', 'SOURCE_UNAVAILABLE', 'counted'],
  ['XX000', 'SOURCE_UNAVAILABLE', 'counted'],
  ['28P01', 'SOURCE_AUTH_REJECTED', 'no'],
  ['3D000', 'SOURCE_REJECTED', 'no'],
  ['42P01', 'SOURCE_REJECTED', 'no'],
  ['42501', 'SOURCE_REJECTED', 'no'],
  ['25006', 'SOURCE_REJECTED', 'no'],
  ['25P03', 'SOURCE_UNAVAILABLE', 'counted'],
])('SQLSTATE %s is %s, tried again: %s', (state, code, again) => {
  expect(judgeDatabaseError(said(state))).toMatchObject({
    code,
    again,
    reason: `the source answered SQLSTATE ${state}: what the server says`,
  });
});

test.each(['22P02', '23514', 'P0001'])('SQLSTATE %s does not repeat what a row holds', (state) => {
  const refusal = judgeDatabaseError(said(state, 'invalid input syntax: "Jane Doe"'));

  expect(refusal).toMatchObject({ code: 'SOURCE_REJECTED', again: 'no' });
  expect(refusal.reason).not.toContain('Jane');
});

test.each([
  [broken('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), 'SOURCE_UNAVAILABLE', 'counted'],
  [new Error('Connection terminated unexpectedly'), 'SOURCE_UNAVAILABLE', 'counted'],
  [new Error('The server does not support SSL connections'), 'SOURCE_REJECTED', 'no'],
  [broken('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'), 'SOURCE_REJECTED', 'no'],
  ['no error at all', 'SOURCE_UNAVAILABLE', 'counted'],
])('%s', (error, code, again) => {
  expect(judgeDatabaseError(error)).toMatchObject({ code, again });
});

test('a query that cannot be paged is refused with its reason', () => {
  const error = new TerminalError('SOURCE_REJECTED', 'the query has no column "id"');

  expect(judgeDatabaseError(error)).toEqual({
    code: 'SOURCE_REJECTED',
    reason: 'the query has no column "id"',
    again: 'no',
  });
});

test('an address that no source may have is not tried again', () => {
  const error = new AddressRefusedError('the address 169.254.169.254 of db is not for sources');

  expect(judgeDatabaseError(error)).toEqual({
    code: 'SOURCE_FORBIDDEN',
    again: 'no',
    reason: error.message,
  });
});
