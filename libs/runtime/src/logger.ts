import { type Logger, pino, stdTimeFunctions } from 'pino';
import { z } from 'zod';
import { describeError } from './describe-error.ts';
import { readEnv } from './read-env.ts';
import { redactText } from './redact.ts';

export type { Logger } from 'pino';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const settings = z.object({ TIDEMARK_LOG_LEVEL: z.enum(levels).default('info') });

const secretFields = ['password', 'secret', 'token', 'apiKey', 'authorization', 'databaseUrl'];

/** A logger that writes JSON lines to standard output and lets no secret through that it can recognise. */
export function createLogger(name: string): Logger {
  return pino({
    level: readEnv(settings, process.env).TIDEMARK_LOG_LEVEL,
    base: { service: name, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: describeError, error: describeError },
    redact: {
      paths: secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: '***',
    },
    hooks: { streamWrite: redactText },
  });
}
