import type { z } from 'zod';
import type { Mistake } from './mistake.ts';
import { sayIssue } from './say-issue.ts';

/** What a schema found, one mistake for each unknown key. */
export function schemaMistakes(error: z.ZodError): Mistake[] {
  return error.issues.flatMap((issue) => mistakesOf(issue, []));
}

type Issue = z.core.$ZodIssue;

function mistakesOf(issue: Issue, at: readonly string[]): Mistake[] {
  const path = [...at, ...issue.path.map(String)];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key].join('.'),
      message: 'there is no such setting',
    }));
  }
  if (issue.code === 'invalid_union') {
    const [meant] = issue.errors
      .filter(isOfThisForm)
      .toSorted((one, other) => one.length - other.length);
    if (meant) return meant.flatMap((each) => mistakesOf(each, path));
  }
  return [{ path: path.join('.'), message: sayIssue(issue) }];
}

/** Of a setting that may be written in several forms, whether the value is of this one, with mistakes in it. */
function isOfThisForm(issues: readonly Issue[]): boolean {
  return issues.every(({ code, path }) => code !== 'invalid_type' || path.length > 0);
}
