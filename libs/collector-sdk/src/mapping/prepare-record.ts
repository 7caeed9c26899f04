import { cutBytes } from '../answer/cut-parts.ts';
import type { Definition } from '../definition/definition.ts';
import { TransientError } from '@tidemark/runtime';
import type { Refusal } from './line-of.ts';
import type { RecordFunction } from './map-records.ts';
import { compileUnpivot, type MakeRecords } from './unpivot.ts';

const FUNCTION_MISSING_MS = 10_000;

/** What is done to a record before its fields are read; undefined when nothing is. */
export function compilePreparation(
  definition: Definition,
  functions: Readonly<Record<string, RecordFunction>>,
): MakeRecords | undefined {
  const { transform } = definition;
  const change = changeOf(definition, functions);
  const unpivot = transform?.unpivot && compileUnpivot(transform.unpivot);
  if (!change || !unpivot) return change ?? unpivot;
  return (record) => {
    const changed = change(record);
    return isRefusal(changed) ? changed : unpivot(changed[0]);
  };
}

function changeOf(
  { name: collector, transform }: Definition,
  functions: Readonly<Record<string, RecordFunction>>,
): MakeRecords | undefined {
  const name = transform?.function;
  if (name === undefined) return undefined;
  const change = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!change) {
    // During a roll-out another image may know it already: the batch waits for this one to be replaced.
    throw new TransientError(
      'DEFINITION_MISSING',
      `this release has no function "${name}", which ${collector} names; deploy the release that has it`,
      { retryAfterMs: FUNCTION_MISSING_MS },
    );
  }
  return (record) => {
    try {
      return [change(record as Record<string, unknown>)];
    } catch (error) {
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      return { code: 'TRANSFORM_FAILED', reason: cutBytes(reason, 1_000) };
    }
  };
}

/** Whether a preparation says why there is nothing. */
export function isRefusal(made: readonly unknown[] | Refusal): made is Refusal {
  return !Array.isArray(made);
}
