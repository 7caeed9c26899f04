import { decode, DecodeError } from '../answer/decode.ts';
import { lookUp, textOf } from '../answer/look-up.ts';
import type { AnswerRule } from '../definition/request.ts';
import type { HttpAnswer } from './send-request.ts';

/** The first rule that an answer matches. */
export function findRule(rules: readonly AnswerRule[], answer: HttpAnswer): AnswerRule | undefined {
  const body = bodyOf(answer);
  return rules.find((rule) => {
    if (rule.status !== undefined && rule.status !== answer.status) return false;
    if (rule.body !== undefined && !answer.text.includes(rule.body)) return false;
    return rule.at === undefined || isAt(body(), rule.at, rule.value);
  });
}

/** A rule in words, for the reason of a refusal. */
export function describeRule({ status, body, at, value }: AnswerRule): string {
  const parts = [
    status !== undefined && `status ${status}`,
    body !== undefined && `a text with "${body}"`,
    at !== undefined && (value === undefined ? `something at ${at}` : `"${value}" at ${at}`),
  ];
  return parts.filter(Boolean).join(' and ');
}

function isAt(body: unknown, path: string, value: AnswerRule['value']): boolean {
  const found = lookUp(body, path);
  if (value === undefined) return found !== undefined && found !== null;
  return textOf(found) === String(value);
}

/** The body as JSON, parsed at most once; undefined when it is none. */
function bodyOf(answer: HttpAnswer): () => unknown {
  let parsed: { readonly body: unknown } | undefined;
  return () => (parsed ??= { body: parse(answer.text) }).body;
}

function parse(text: string): unknown {
  try {
    return decode({ kind: 'json' }, text);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // An error page of HTML is an answer too: what its body says cannot be asked by a path.
    return undefined;
  }
}
