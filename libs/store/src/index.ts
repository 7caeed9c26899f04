export { migrate } from './migrate.ts';
export { Store } from './connect.ts';
export type { Queryable, StoreOptions } from './connect.ts';
export { RecordRefusedError, translateDatabaseError } from './translate-error.ts';
