import type { Bus } from '@tidemark/bus';
import type { Store } from '@tidemark/store';
import type { Plans } from './plans.ts';
import type { Staging } from './upsert/staging.ts';
import type { Waits } from './waits.ts';

/** What the handlers of this service work with. */
export interface LoaderDeps {
  readonly bus: Bus;
  readonly store: Store;
  readonly staging: Staging;
  readonly plans: Plans;
  readonly waits: Waits;
}
