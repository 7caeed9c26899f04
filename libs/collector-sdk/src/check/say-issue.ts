import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const forms: Readonly<Record<string, string>> = {
  object: 'an object with keys',
  record: 'an object with keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** What is wrong with a setting, in words of those who write definitions. */
export function sayIssue(issue: Issue): string {
  if (issue.code === 'invalid_type') return sayType(issue);
  if (issue.code === 'invalid_union' && 'options' in issue) return sayKind(issue.options);
  if (issue.code === 'invalid_value') return `must be ${oneOf(issue.values)}`;
  return issue.message;
}

function sayType({ expected, message }: Issue & { code: 'invalid_type' }): string {
  const form = forms[expected];
  if (form === undefined) return message;
  const isMissing = message.endsWith('received undefined');
  return isMissing ? `is missing: it must be ${form}` : `must be ${form}`;
}

function sayKind(options: readonly unknown[]): string {
  const kinds = options.filter((option) => typeof option === 'string');
  return `must be ${oneOf(kinds)}`;
}

function oneOf(values: readonly unknown[]): string {
  const [only, ...others] = values.map(String);
  return others.length === 0 ? `${only}` : `one of ${[only, ...others].join(', ')}`;
}
