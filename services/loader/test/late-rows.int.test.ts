import { Definition } from '@tidemark/collector-sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { countsOf, LoadFixture, orders } from './load-fixture.ts';

const cursor = { kind: 'cursor', field: 'version', unit: 'integer', format: 'integer' };
const definition = Definition.parse({
  ...orders,
  incremental: { ...cursor, from: 'after', start: '0' },
});
let fixture: LoadFixture;

beforeEach(async () => {
  fixture = await LoadFixture.open(definition);
  await fixture.pool.query(`update tidemark.chunks set covered = '[100,200)'`);
});

afterEach(async () => {
  await fixture[Symbol.asyncDispose]();
});

async function late() {
  const [row] = await fixture.rows(
    `select late_records::int as records, lookback_needed::int as needed, max_lateness as lateness
       from tidemark.chunks`,
  );
  return row;
}

it('rows that are written in what was covered are late, by the deepest of them', async () => {
  await fixture.load({
    rows: [
      { id: 1, version: 99 },
      { id: 2, version: 100 },
      { id: 3, version: 199 },
      { id: 4, version: 200 },
      { id: 5, version: null },
    ],
  });

  expect(await late()).toEqual({ records: 2, needed: 100, lateness: null });
});

it('what is there already is not late, what changes is', async () => {
  await fixture.load({ rows: [{ id: 1, version: 190, note: 'a' }] });
  await fixture.load({ seq: 1, rows: [{ id: 1, version: 190, note: 'a' }] });
  expect(await late()).toMatchObject({ records: 1, needed: 10 });

  const changed = { id: 1, version: 195, note: 'b' };
  expect(countsOf(await fixture.load({ seq: 2, rows: [changed] }))).toBe('0/1/0/0/0');
  expect(await late()).toMatchObject({ records: 2, needed: 10 });
});

it('is told of the rows beside one that PostgreSQL refuses', async () => {
  await fixture.pool.query(`alter table orders add check (id <> 3)`);

  const rows = [1, 2, 3, 4].map((id) => ({ id, version: 200 - id * 10 }));
  expect(countsOf(await fixture.load({ rows }))).toBe('3/0/0/0/1');

  expect(await late()).toMatchObject({ records: 3, needed: 40 });
});

it('where nothing was covered nothing is late', async () => {
  await fixture.pool.query(`update tidemark.chunks set covered = null`);
  await fixture.load({ rows: [{ id: 1, version: 150 }] });

  expect(await late()).toEqual({ records: 0, needed: null, lateness: null });
});

it('records that are put aside are in no share of rejects, the others are', async () => {
  const reject = (code: string) => ({ position: 0, code, reason: 'because', payload: '{}' });
  const aside = Array.from({ length: 150 }, () => reject('CURSOR_NULL'));
  const rows = Array.from({ length: 90 }, (_, id) => ({ id }));
  const result = await fixture.load({ rows, rejects: aside });
  expect(countsOf(result)).toBe('90/0/0/0/150');
  expect(result).not.toHaveProperty('ended');

  const bad = Array.from({ length: 40 }, () => reject('RECORD_INVALID'));
  expect(await fixture.load({ seq: 1, rejects: bad })).toMatchObject({
    ended: { chunk: { status: 'failed', code: 'REJECTS_EXCEEDED' } },
  });
});
