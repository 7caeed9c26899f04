import type { PageTask } from '@tidemark/contracts';
import type { Definition } from '../definition/definition.ts';
import { lookUp, textOf } from './look-up.ts';

/** Which of the ids that a task asks for are in the records of its page; null where it does not ask for ids. */
export function foundIds(
  definition: Definition,
  { items }: Pick<PageTask, 'items'>,
  records: readonly unknown[],
): string[] | null {
  const place = idPlace(definition);
  if (place === undefined) return null;
  const present = new Set(records.map((record) => textOf(lookUp(record, place))));
  return items.filter((id) => present.has(id));
}

function idPlace({ incremental, target }: Definition): string | undefined {
  if (incremental.kind !== 'worklist') return undefined;
  if (incremental.idAt !== undefined) return incremental.idAt;
  // Without a table the definition must say the place.
  if (target.kind !== 'table') return '$';
  const field = incremental.id ?? target.key[0] ?? '';
  return target.fields[field]?.path ?? field;
}
