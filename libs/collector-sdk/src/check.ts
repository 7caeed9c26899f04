import { z } from 'zod';
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
import { forgiving, wrongForm } from './check/forgiving-schema.ts';
import { independently, readable } from './check/readable.ts';
import { schemaMistakes } from './check/schema.ts';
import type { Mistake, Sections } from './check/mistake.ts';

export type { Mistake } from './check/mistake.ts';

/**
 * Checks a definition from any source: what is wrong with its form and what does not fit together, all at once. A setting whose
 * form is wrong hides only what depends on it.
 */
export function checkDefinition(
  value: unknown,
  functionNames: readonly string[],
): { readonly definition: Definition } | { readonly mistakes: readonly Mistake[] } {
  const parsed = Definition.safeParse(value);
  const sections = parsed.success ? parsed.data : readableSections(value);
  const mistakes = [
    ...(parsed.success ? [] : schemaMistakes(parsed.error)),
    ...independently(...checks.map((check) => () => check(sections)), () =>
      checkTransform(sections, functionNames),
    ),
  ];
  if (mistakes.length > 0) return { mistakes };
  return { definition: Definition.parse(value) };
}

const checks: readonly ((sections: Sections) => Mistake[])[] = [
  checkPartitions,
  checkAuth,
  checkRate,
  checkRequest,
  checkAnswers,
  checkPaginate,
  checkTemplates,
  checkDatabase,
  checkVariables,
  checkIncremental,
  checkWorklist,
  checkSnapshot,
  checkTarget,
  checkChildren,
  checkJobs,
  checkSchedule,
];

/** All mistakes in one line. */
export function listMistakes(mistakes: readonly Mistake[]): string {
  return mistakes.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
}

const forgivingDefinition = forgiving(Definition);

/** What of a definition can be read. A section of the wrong form is not there, where that says nothing. */
function readableSections(value: unknown): Sections {
  const read = forgivingDefinition.parse(value);
  if (typeof read !== 'object' || read === null) return {};
  const shape: Readonly<Record<string, z.ZodType>> = Definition.shape;
  const sections = Object.entries(read).filter(
    ([name, section]) => section !== wrongForm || shape[name] instanceof z.ZodOptional,
  );
  return readable(Object.fromEntries(sections)) as Sections;
}
