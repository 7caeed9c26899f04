import { type FreshDatabase, freshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { compareContent, isEqual } from './compare-content.ts';

let database: FreshDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool();
  await pool.query(
    `create table public.world_bank_indicators (
       country_id text, country text, country_iso3 text, indicator text, year bigint, value numeric)`,
  );
  await pool.query(
    `create table public.usgs_earthquakes (
       id text, time timestamptz, updated timestamptz, mag numeric, place text, status text, ids text[],
       longitude numeric, latitude numeric, depth_km numeric)`,
  );
});

beforeEach(async () => {
  await pool.query('truncate public.world_bank_indicators, public.usgs_earthquakes');
});

afterAll(async () => {
  await database.drop();
});

const observations = `{"rows": [
  {"indicator": "SP.POP.TOTL", "iso2": "BR", "iso3": "BRA", "country": "Brazil", "year": 2000, "value": "174425502.50"},
  {"indicator": "SP.POP.TOTL", "iso2": "BR", "iso3": "BRA", "country": "Brazil", "year": 2001, "value": null}]}`;

async function insertObservation(year: number, value: string | null): Promise<void> {
  await pool.query(
    `insert into public.world_bank_indicators values ('BR', 'Brazil', 'BRA', 'SP.POP.TOTL', $1, $2)`,
    [year, value],
  );
}

test('equal rows are equal however their decimals are written', async () => {
  await insertObservation(2000, '174425502.5');
  await insertObservation(2001, null);

  const comparison = await compareContent(pool, 'world-bank', observations);

  expect(comparison).toEqual({ source_rows: 2, target_rows: 2, missing: 0, unexpected: 0 });
  expect(isEqual(comparison)).toBe(true);
});

test('a value that differs in its last digit is missing on one side and unexpected on the other', async () => {
  await insertObservation(2000, '174425502.51');
  await insertObservation(2001, null);

  const comparison = await compareContent(pool, 'world-bank', observations);

  expect(comparison).toMatchObject({ missing: 1, unexpected: 1 });
  expect(isEqual(comparison)).toBe(false);
});

test('a row that is there twice is unexpected', async () => {
  await insertObservation(2000, '174425502.5');
  await insertObservation(2001, null);
  await insertObservation(2001, null);

  const comparison = await compareContent(pool, 'world-bank', observations);

  expect(comparison).toMatchObject({ target_rows: 3, missing: 0, unexpected: 1 });
});

test('events are compared to the millisecond, with their lists of ids', async () => {
  const content = `{"events": [{"id": "us1", "properties": {"time": 1517966773840, "updated": 1517966996303,
    "mag": 2.1, "place": "Castaic", "status": "reviewed", "ids": ",us1,ci2,"},
    "geometry": {"coordinates": [-118.67, 34.49, 26.49]}}]}`;
  const insert = `insert into public.usgs_earthquakes values ('us1', '2018-02-07T01:26:13.840Z', $1, 2.1, 'Castaic',
    'reviewed', '{us1,ci2}', -118.67, 34.49, 26.49)`;

  await pool.query(insert, ['2018-02-07T01:29:56.303Z']);
  const equal = await compareContent(pool, 'usgs-earthquakes', content);
  await pool.query('truncate public.usgs_earthquakes');
  await pool.query(insert, ['2018-02-07T01:29:56.304Z']);
  const later = await compareContent(pool, 'usgs-earthquakes', content);

  expect(isEqual(equal)).toBe(true);
  expect(later).toMatchObject({ missing: 1, unexpected: 1 });
});
