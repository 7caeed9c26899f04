import type { Contract } from '@tidemark/collector-sdk';
import type { AddedColumn } from '@tidemark/contracts';
import { TransientError } from '@tidemark/runtime';

/** What a target is to have before a batch can be loaded into it. */
export interface WantedColumns {
  /** The target as SQL writes its name. */
  readonly target: string;
  readonly columns: readonly AddedColumn[];
  readonly types: Contract['types'];
  readonly runId: string;
}

/** A target lacks columns of a batch. They cannot be added in the batch's transaction: that holds locks. */
export class ColumnsMissingError extends TransientError {
  override readonly name = 'ColumnsMissingError';
  readonly wanted: WantedColumns;

  constructor(wanted: WantedColumns) {
    super(
      'TARGET_SCHEMA_MISMATCH',
      `${wanted.target} lacks columns that its schema contract adds, or they are not of the type that was added`,
    );
    this.wanted = wanted;
  }
}
