import { TransientError } from '@tidemark/runtime';

/** Less than a readiness probe waits for all of its reasons: which server is silent has to be among them. */
const ANSWER_WITHIN_MS = 1_500;

/** What a probe asks PostgreSQL. Rejects when no answer comes soon: a network that drops everything refuses nothing. */
export async function answerInTime<T>(question: Promise<T>): Promise<T> {
  const { promise: silence, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new TransientError('DATABASE_UNAVAILABLE', 'PostgreSQL does not answer')),
    ANSWER_WITHIN_MS,
  );
  try {
    return await Promise.race([question, silence]);
  } finally {
    clearTimeout(timer);
  }
}
