import type { AddedType } from '@tidemark/contracts';

/** A column that a schema contract added to a target: for a field, or for what another column could not take. */
export interface TargetColumn {
  readonly name: string;
  readonly type: AddedType;
  readonly field: string | null;
  readonly variantOf: string | null;
}
