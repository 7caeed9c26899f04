import type { Partition } from '@tidemark/contracts';
import type { Definition, HttpDefinition } from '../definition/definition.ts';
import { decode, DecodeError, TooMuchError } from './decode.ts';
import { lookUp, textOf } from './look-up.ts';
import { shapeRecords } from './shape-records.ts';

/** What one answer says, once it is known to be the answer of this request. */
export interface PageContent {
  readonly records: readonly unknown[];
  /** The whole answer, for what paging looks up in it. */
  readonly answer: unknown;
  /** What the source gives as the sign of a change; null when it gives none. */
  readonly signal: string | null;
  /** Why it is an empty page although the source answered something else. */
  readonly ignored?: string | undefined;
}

/** Why an answer is no page. `flaky`: sources are known to give such answers now and then. */
export interface PageRefusal {
  readonly code: 'RESPONSE_INVALID' | 'RESPONSE_TOO_LARGE' | 'SOURCE_REJECTED';
  readonly reason: string;
  readonly flaky: boolean;
}

/** Reads the records of an answer's text; says why when it is not what the definition says it is. */
export function readPage(
  definition: HttpDefinition,
  text: string,
  partition: Partition = {},
): { readonly page: PageContent } | { readonly refusal: PageRefusal } {
  const { decoder, errorAt } = definition.request;
  try {
    const answer = decode(decoder, text, neededColumns(definition));
    const told = errorAt === undefined ? null : lookUp(answer, errorAt);
    if (told !== undefined && told !== null) {
      return refuse('SOURCE_REJECTED', `the answer has an error at ${errorAt}`, false);
    }
    const records = shapeRecords(definition.request, answer, partition);
    return { page: { records, answer, signal: signalOf(definition, answer) } };
  } catch (error) {
    if (error instanceof TooMuchError) return refuse('RESPONSE_TOO_LARGE', error.message, false);
    if (!(error instanceof DecodeError)) throw error;
    return refuse('RESPONSE_INVALID', error.message, true);
  }
}

/** Columns without which no row has a key; a function may make keys of anything. */
function neededColumns({ request, target, transform }: HttpDefinition): string[] {
  if (target.kind !== 'table' || transform?.function !== undefined || transform?.unpivot) return [];
  return target.key.flatMap((name) => {
    const field = target.fields[name];
    const column = field?.path ?? name;
    return field?.default !== undefined || column in request.attach ? [] : [column];
  });
}

/** What an answer gives as the sign of a change, or as the token for the next run; null when it gives none. */
export function signalOf({ incremental }: Definition, answer: unknown): string | null {
  const path =
    incremental.kind === 'periods'
      ? incremental.signal
      : incremental.kind === 'token'
        ? incremental.next
        : undefined;
  return path === undefined ? null : (textOf(lookUp(answer, path)) ?? null);
}

function refuse(
  code: PageRefusal['code'],
  reason: string,
  flaky: boolean,
): { refusal: PageRefusal } {
  return { refusal: { code, reason, flaky } };
}
