import { Definition } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import { findCollector, type Queryable } from '@tidemark/store';

export interface UsableDefinition {
  readonly revision: string;
  readonly definition: Definition;
}

/** The revision that new runs of a collector use; throws when it is unknown, switched off, or was never valid. */
export async function loadDefinition(db: Queryable, name: string): Promise<UsableDefinition> {
  const row = await findCollector(db, name);
  if (!row) {
    throw new TerminalError('COLLECTOR_UNKNOWN', `no collector "${name}" is registered`);
  }
  if (!row.enabled) {
    throw new TerminalError('COLLECTOR_DISABLED', `the collector "${name}" is switched off`);
  }
  const definition = Definition.safeParse(row.definition);
  if (row.revision === null || !definition.success) {
    throw new TerminalError(
      'COLLECTOR_DISABLED',
      `the definition of "${name}" is not valid: ${row.errorMessage ?? 'it was made by another release'}`,
    );
  }
  return { revision: row.revision, definition: definition.data };
}
