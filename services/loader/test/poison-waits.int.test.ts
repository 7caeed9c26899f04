import { Store } from '@tidemark/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadBatch } from '../src/load-batch.ts';
import { Staging } from '../src/upsert/staging.ts';
import { copyOf, countsOf, LoadFixture } from './load-fixture.ts';

let fixture: LoadFixture;
let owned: AsyncDisposableStack;

beforeEach(async () => {
  owned = new AsyncDisposableStack();
  fixture = owned.use(await LoadFixture.open());
});

afterEach(async () => owned.disposeAsync());

const rows = [{ id: 1 }, { id: 2 }, { id: 3 }];

interface Fault {
  readonly what: string;
  readonly breaks: string;
  readonly mends: string;
  readonly code: string;
  readonly says: RegExp;
}

const raises = (state: string): string => `
  create function fail() returns trigger language plpgsql as
    $$ begin raise exception 'so it is' using errcode = '${state}'; end $$;
  create trigger fail before insert on orders for each row execute function fail()`;

const faults: readonly Fault[] = [
  {
    what: 'a column that was dropped',
    breaks: 'alter table orders drop column note',
    mends: 'alter table orders add column note text',
    code: 'TARGET_SCHEMA_MISMATCH',
    says: /42703/,
  },
  {
    what: 'a table that was renamed',
    breaks: 'alter table orders rename to others',
    mends: 'alter table others rename to orders',
    code: 'TARGET_SCHEMA_MISMATCH',
    says: /42P01/,
  },
  {
    what: 'a grant that was revoked',
    breaks: 'revoke insert, update on orders from writer',
    mends: 'grant insert, update on orders to writer',
    code: 'TARGET_SCHEMA_MISMATCH',
    says: /42501/,
  },
  {
    what: 'a session that may only read',
    breaks: 'alter role writer set default_transaction_read_only = on',
    mends: 'alter role writer reset default_transaction_read_only',
    code: 'DATABASE_UNAVAILABLE',
    says: /25006/,
  },
  {
    what: 'a full disk',
    breaks: raises('53100'),
    mends: 'drop trigger fail on orders; drop function fail',
    code: 'DATABASE_UNAVAILABLE',
    says: /53100/,
  },
  {
    what: 'a trigger that fails for a reason of its own',
    breaks: raises('P0001'),
    mends: 'drop trigger fail on orders; drop function fail',
    code: 'DATABASE_UNAVAILABLE',
    says: /P0001/,
  },
];

async function load(store: Store) {
  return loadBatch(store, new Staging(), {
    collector: 'orders',
    batch: fixture.headers({ rows }),
    traceId: undefined,
    content: { kind: 'records', plan: fixture.plan, text: copyOf(rows), rejects: [] },
  });
}

async function expectNothingWritten(): Promise<void> {
  const [counts] = await fixture.rows(
    `select (select count(*)::int from tidemark.dead_letters) as letters,
            (select count(*)::int from tidemark.batches) as batches`,
  );
  expect(counts).toEqual({ letters: 0, batches: 0 });
}

test.each(faults)(
  '$what is waited for, loses nothing and leaves no dead letter',
  async ({ breaks, mends, code, says }) => {
    const role = `writer_${fixture.runId.slice(0, 8)}`;
    const named = (sql: string): string => sql.replaceAll('writer', role);
    await fixture.rows(`create role ${role} login password 'only here'`);
    owned.defer(async () => void (await fixture.rows(`drop owned by ${role}; drop role ${role}`)));
    await fixture.rows(
      `grant usage on schema tidemark, public to ${role};
       grant all on all tables in schema tidemark, public to ${role};
       grant all on all sequences in schema tidemark to ${role};
       grant temporary on database ${new URL(fixture.database.url).pathname.slice(1)} to ${role};
       grant execute on all functions in schema tidemark to ${role}`,
    );
    await fixture.rows(named(breaks));

    const url = new URL(fixture.database.url);
    url.username = role;
    url.password = 'only here';
    const settings = { url: url.href, name: 'test', maxConnections: 1 };
    await using broken = new Store(settings);
    await expect(load(broken)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(says),
    });
    await expectNothingWritten();

    await fixture.rows(named(mends));
    await using mended = new Store(settings);
    expect(countsOf(await load(mended))).toBe('3/0/0/0/0');
  },
);

test('a lock that somebody holds is waited for', async () => {
  const store = owned.use(
    new Store({ url: fixture.database.url, name: 'test', maxConnections: 1, lockTimeoutMs: 200 }),
  );
  const other = await fixture.pool.connect();
  await other.query('begin; lock table orders in exclusive mode');

  await expect(load(store)).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    message: expect.stringMatching(/55P03/),
  });
  await expectNothingWritten();

  await other.query('rollback');
  other.release();
  expect(countsOf(await load(store))).toBe('3/0/0/0/0');
});
