import type { z } from 'zod';
import { Definition } from './definition/definition.ts';
import { checkIncremental } from './check/incremental.ts';
import { checkAnswers } from './check/answers.ts';
import { checkAuth } from './check/auth.ts';
import { checkDatabase } from './check/database.ts';
import { checkPaginate } from './check/paginate.ts';
import { checkJobs } from './check/jobs.ts';
import { checkPartitions } from './check/partitions.ts';
import { checkRate } from './check/rate.ts';
import { checkRequest } from './check/request.ts';
import { checkSchedule } from './check/schedule.ts';
import { checkChildren } from './check/children.ts';
import { checkTarget } from './check/target.ts';
import { checkTransform } from './check/transform.ts';
import { checkTemplates } from './check/templates.ts';
import { checkVariables } from './check/variables.ts';
import { checkSnapshot } from './check/snapshot.ts';
import { checkWorklist } from './check/worklist.ts';
import { schemaMistakes } from './check/schema.ts';
import type { Mistake, Sections } from './check/mistake.ts';

export type { Mistake } from './check/mistake.ts';

/**
 * Checks a definition from any source: what is wrong with its form and what does not fit together, all at once. Each
 * section is read on its own, so that a mistake in one does not hide those in another, and a setting that there is not hides none.
 */
export function checkDefinition(
  value: unknown,
  functionNames: readonly string[],
): { readonly definition: Definition } | { readonly mistakes: readonly Mistake[] } {
  const parsed = Definition.safeParse(value);
  const sections = parsed.success ? parsed.data : soundSections(value);
  const mistakes = [
    ...(parsed.success ? [] : schemaMistakes(parsed.error)),
    ...checkPartitions(sections),
    ...checkAuth(sections),
    ...checkRate(sections),
    ...checkRequest(sections),
    ...checkAnswers(sections),
    ...checkPaginate(sections),
    ...checkTemplates(sections),
    ...checkDatabase(sections),
    ...checkVariables(sections),
    ...checkIncremental(sections),
    ...checkWorklist(sections),
    ...checkSnapshot(sections),
    ...checkTarget(sections),
    ...checkChildren(sections),
    ...checkJobs(sections),
    ...checkTransform(sections, functionNames),
    ...checkSchedule(sections),
  ];
  if (mistakes.length > 0) return { mistakes };
  return { definition: Definition.parse(value) };
}

/** All mistakes in one line. */
export function listMistakes(mistakes: readonly Mistake[]): string {
  return mistakes.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
}

function soundSections(value: unknown): Sections {
  if (typeof value !== 'object' || value === null) return {};
  const given: Readonly<Record<string, unknown>> = { ...value };
  const sound: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(Definition.shape)) {
    const section = schema.safeParse(given[name]);
    const judged = section.success
      ? section
      : schema.safeParse(withoutUnknown(given[name], section.error));
    if (judged.success) sound[name] = judged.data;
  }
  return sound;
}

/** A section without the settings that there are not: what else is in it can be judged all the same. */
function withoutUnknown(section: unknown, { issues }: z.ZodError): unknown {
  return issues.reduce<unknown>(
    (rest, issue) =>
      issue.code === 'unrecognized_keys' ? omitAt(rest, issue.path, issue.keys) : rest,
    section,
  );
}

function omitAt(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const [first, ...rest] = path;
  if (first === undefined) {
    return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
  }
  const at = Number(first);
  if (Array.isArray(value)) return value.with(at, omitAt(value[at], rest, keys));
  const members: Readonly<Record<PropertyKey, unknown>> = { ...value };
  return { ...members, [first]: omitAt(members[first], rest, keys) };
}
