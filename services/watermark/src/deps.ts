import type { Bus } from '@tidemark/bus';
import type { Logger } from '@tidemark/runtime';
import type { Store } from '@tidemark/store';

/** What every part of this service works with. */
export interface Deps {
  readonly store: Store;
  readonly bus: Bus;
  readonly logger: Logger;
  /** Aborts when the service stops. */
  readonly signal: AbortSignal;
}
