import { TerminalError } from '@tidemark/runtime';
import { AddressRefusedError } from '../http/guarded-agent.ts';
import type { Refusal } from '../http/judge-answer.ts';

/** What time may do about a SQLSTATE, by its first characters; the longest one that fits counts. */
const verdicts: readonly (readonly [string, Pick<Refusal, 'code' | 'again'>])[] = [
  ['08', { code: 'SOURCE_UNAVAILABLE', again: 'counted' }],
  ['0A', { code: 'SOURCE_REJECTED', again: 'no' }],
  ['21', { code: 'SOURCE_REJECTED', again: 'no' }],
  ['22', { code: 'SOURCE_REJECTED', again: 'no' }],
  ['23', { code: 'SOURCE_REJECTED', again: 'no' }],
  ['25006', { code: 'SOURCE_REJECTED', again: 'no' }],
  ['28', { code: 'SOURCE_AUTH_REJECTED', again: 'no' }],
  ['3D', { code: 'SOURCE_REJECTED', again: 'no' }],
  ['3F', { code: 'SOURCE_REJECTED', again: 'no' }],
  ['42', { code: 'SOURCE_REJECTED', again: 'no' }],
  ['P0', { code: 'SOURCE_REJECTED', again: 'no' }],
];

/** Classes whose messages may quote values of rows. */
const quoting = /^(22|23|P0)/;

const tlsFailure = /certificate|SSL|self.signed|ERR_TLS|UNABLE_TO_VERIFY/i;

/** What it means that a database brought no page. What a row holds is never repeated. */
export function judgeDatabaseError(error: unknown): Refusal {
  if (error instanceof TerminalError) {
    return { code: error.code as Refusal['code'], reason: error.message, again: 'no' };
  }
  if (!(error instanceof Error)) {
    return { code: 'SOURCE_UNAVAILABLE', reason: 'the connection failed', again: 'counted' };
  }
  if (error instanceof AddressRefusedError) {
    return { code: 'SOURCE_FORBIDDEN', reason: error.message, again: 'no' };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return 'severity' in error ? judgeState(code, error) : judgeConnection(code, error);
}

function judgeState(state: string, { message }: Error): Refusal {
  const [, verdict] = verdicts.findLast(([start]) => state.startsWith(start)) ?? [];
  const said = quoting.test(state) ? 'a value is not what the query takes it for' : message;
  return {
    ...(verdict ?? { code: 'SOURCE_UNAVAILABLE', again: 'counted' }),
    reason: `the source answered SQLSTATE ${state}: ${said}`,
  };
}

function judgeConnection(code: string, { message }: Error): Refusal {
  const reason = code === '' ? message : `${code}: ${message}`;
  // A wrong certificate stays wrong; a refused or broken connection may be there again.
  return tlsFailure.test(reason)
    ? { code: 'SOURCE_REJECTED', reason: `no safe connection: ${reason}`, again: 'no' }
    : { code: 'SOURCE_UNAVAILABLE', reason, again: 'counted' };
}
