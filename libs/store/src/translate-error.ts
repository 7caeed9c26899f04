import { TerminalError, TransientError } from '@tidemark/runtime';
import pg from 'pg';

/** What PostgreSQL says with a SQLSTATE, whole or by class (its first two characters). */
const consequences = new Map<string, 'record' | 'schema'>([
  ['22', 'record'], // data exception
  ['23', 'record'], // integrity constraint violation
  ['54000', 'record'], // a value beyond a limit of PostgreSQL: a key too long for its index, a text too long for jsonb
  ['54001', 'record'], // JSON nested too deeply
  ['0A', 'schema'], // feature not supported
  ['42', 'schema'], // a table, column or right is not as declared
]);

/** PostgreSQL refuses a value: the record's own fault, the one kind of database error that may become a dead letter. */
export class RecordRefusedError extends TerminalError {
  override readonly name = 'RecordRefusedError';
}

/** Tells a driver's or a server's error apart by what must happen next; our own errors pass unchanged. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof TerminalError || error instanceof TransientError) return error;
  if (error instanceof pg.DatabaseError) return translateSqlState(error);
  if (isUntrusted(error)) {
    return new TransientError(
      'DATABASE_UNAVAILABLE',
      `no safe connection to PostgreSQL: ${error.message}; see sslmode and sslrootcert in DATABASE_URL`,
      { cause: error },
    );
  }
  if (isConnectionError(error)) {
    return new TransientError('DATABASE_UNAVAILABLE', `PostgreSQL is away: ${error.message}`, {
      cause: error,
    });
  }
  return error;
}

/** Why PostgreSQL cannot be worked with now, for people: that it is away, or what it refuses. */
export function whyUnreachable(error: unknown): string {
  const failure = translateDatabaseError(error);
  const isTold = failure instanceof TransientError && !isConnectionError(failure.cause);
  return isTold ? failure.message : 'PostgreSQL is away';
}

function translateSqlState(error: pg.DatabaseError): Error {
  const state = error.code ?? '';
  // PostgreSQL's message names table and column, its detail may quote the row: only the former is repeated.
  const said = `SQLSTATE ${state}: ${error.message}`;
  switch (consequences.get(state) ?? consequences.get(state.slice(0, 2))) {
    case 'record':
      return new RecordRefusedError('RECORD_REFUSED', said, { cause: error });
    case 'schema':
      return new TransientError('TARGET_SCHEMA_MISMATCH', said, { cause: error });
    case undefined:
      // Whatever else it is, it is not the record's fault, and time may cure it.
      return new TransientError('DATABASE_UNAVAILABLE', said, { cause: error });
  }
}

const connectionCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/;
const connectionMessages =
  /connection terminated|timeout exceeded|query read timeout|connection error|client has encountered/i;

/** Codes of OpenSSL's and Node's objections to a certificate, and what the driver says of a server without TLS. */
const untrusted =
  /^(ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH)|does not support SSL/;

function isUntrusted(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return untrusted.test(code) || untrusted.test(error.message);
}

/** Whether a connection, or an answer on it, was lost: nothing more is to be asked on it. */
export function isConnectionError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return connectionCodes.test(code) || connectionMessages.test(error.message);
}
