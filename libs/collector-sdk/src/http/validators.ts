import { createHash } from 'node:crypto';
import { canonicalJson } from '../canonical-json.ts';
import type { OutgoingRequest } from '../auth/authorize.ts';
import type { HttpAnswer } from './send-request.ts';

/**
 * Conditional requests. What names the content of an answer is kept together with the question that it answered: the
 * request without its authentication, and the revision, since another definition may want more of the same answer. Asked
 * the same again, the source may say that nothing has changed; asked anything else, nobody asks it that.
 */
export interface Condition {
  readonly question: string;
  /** What makes the request conditional; empty where nothing is known of the question. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The condition under which a question is asked, by what was kept of its last answer. */
export function conditionOf(
  { method, url, headers }: OutgoingRequest,
  revision: string,
  kept: string | null,
): Condition {
  const asked = canonicalJson({ method, url: url.href, headers, revision });
  const question = createHash('sha256').update(asked).digest('hex').slice(0, 16);
  const known = kept === null ? undefined : parse(kept);
  if (known?.['question'] !== question) return { question, headers: {} };
  const { etag, modified } = known;
  if (etag !== undefined) return { question, headers: { 'if-none-match': etag } };
  return { question, headers: modified === undefined ? {} : { 'if-modified-since': modified } };
}

/** What is kept of an answer; null when it has no name, or one that a change within the same second would not alter. */
export function validatorsOf({ question }: Condition, { headers }: HttpAnswer): string | null {
  const { etag, date, 'last-modified': modified } = headers;
  if (etag) return canonicalJson({ question, etag });
  const ageMs = Date.parse(date ?? '') - Date.parse(modified ?? '');
  return modified !== undefined && ageMs >= 1_000 ? canonicalJson({ question, modified }) : null;
}

function parse(kept: string): Readonly<Record<string, string | undefined>> | undefined {
  // What the source told in its own words, from before the definition asked for conditions.
  if (!kept.startsWith('{')) return undefined;
  try {
    return JSON.parse(kept) as Record<string, string>;
  } catch {
    return undefined;
  }
}
