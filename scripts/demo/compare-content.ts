import type pg from 'pg';
import type { CollectorOfDemo } from './sources.ts';

export interface Comparison {
  readonly source_rows: number;
  readonly target_rows: number;
  /** Rows of the source that the target does not have in just this form. */
  readonly missing: number;
  /** Rows of the target that the source does not have in just this form. */
  readonly unexpected: number;
}

const worldBank = `
with source as (
  select o ->> 'iso2' as country_id, o ->> 'iso3' as country_iso3, o ->> 'country' as country,
         o ->> 'indicator' as indicator, (o ->> 'year')::bigint as year, (o ->> 'value')::numeric as value
    from jsonb_array_elements($1::jsonb -> 'rows') as o),
target as (
  select country_id, country_iso3, country, indicator, year, value from public.world_bank_indicators)`;

const usgs = `
with source as (
  select o ->> 'id' as id,
         tidemark.from_micros((o #>> '{properties,time}')::numeric * 1000) as time,
         tidemark.from_micros((o #>> '{properties,updated}')::numeric * 1000) as updated,
         (o #>> '{properties,mag}')::numeric as mag, o #>> '{properties,place}' as place,
         o #>> '{properties,status}' as status,
         string_to_array(trim(both ',' from o #>> '{properties,ids}'), ',') as ids,
         (o #>> '{geometry,coordinates,0}')::numeric as longitude,
         (o #>> '{geometry,coordinates,1}')::numeric as latitude,
         (o #>> '{geometry,coordinates,2}')::numeric as depth_km
    from jsonb_array_elements($1::jsonb -> 'events') as o),
target as (
  select id, time, updated, mag, place, status, ids, longitude, latitude, depth_km from public.usgs_earthquakes)`;

const difference = `
select (select count(*) from source)::integer as source_rows,
       (select count(*) from target)::integer as target_rows,
       (select count(*) from (select * from source except all select * from target) as d)::integer as missing,
       (select count(*) from (select * from target except all select * from source) as d)::integer as unexpected`;

const statements: Readonly<Record<CollectorOfDemo, string>> = {
  'world-bank': `${worldBank} ${difference}`,
  'usgs-earthquakes': `${usgs} ${difference}`,
};

/** Compares a target table row for row, digit for digit, with what its source says that it has. */
export async function compareContent(
  pool: pg.Pool,
  collector: CollectorOfDemo,
  content: string,
): Promise<Comparison> {
  const { rows } = await pool.query<Comparison>(statements[collector], [content]);
  const [comparison] = rows;
  if (!comparison) throw new Error('PostgreSQL gave no answer to a count');
  return comparison;
}

/** Whether both sides have the same rows. */
export function isEqual(comparison: Comparison): boolean {
  return comparison.missing === 0 && comparison.unexpected === 0;
}
