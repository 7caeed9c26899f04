import { targetShape, type Definition } from '@tidemark/collector-sdk';
import type { RehearsalReport } from '@tidemark/contracts';
import { must } from '@tidemark/runtime';
import type { Queryable } from '@tidemark/store';
import pg from 'pg';
import { targetName } from '../targets/target-statements.ts';
import { scratchName } from './scratch-table.ts';

const SAMPLES = 20;

const id = pg.escapeIdentifier;

type Sample = RehearsalReport['samples'][number];

/**
 * What a rehearsal would have changed. Its table holds each row that the run met: as the target had it where nothing was to
 * be written, else as the run wrote it, which its lineage tells.
 */
export async function compareScratch(
  db: Queryable,
  definition: Definition,
  runId: string,
): Promise<RehearsalReport> {
  const { key, columns } = targetShape(definition);
  const others = columns.map(({ name }) => name).filter((name) => !key.includes(name));
  const from = `
      from ${scratchName(runId)} as s
      left join ${targetName(definition)} as t on ${key.map((name) => `t.${id(name)} = s.${id(name)}`).join(' and ')}`;
  const { rows } = await db.query<Omit<RehearsalReport, 'samples'>>(
    `select (count(*) filter (where ${WRITTEN} and t.ctid is null))::float8 as rows_inserted,
            (count(*) filter (where ${WRITTEN} and t.ctid is not null))::float8 as rows_updated,
            (count(*) filter (where not (${WRITTEN})))::float8 as rows_unchanged
       ${from}`,
    [runId],
  );
  const samples = await db.query<Sample>(
    `select case when t.ctid is null then 'inserted' else 'updated' end as kind,
            ${objectOf(key, (name) => `s.${id(name)}::text`)} as key,
            coalesce((select jsonb_object_agg(d.field, jsonb_build_object('old', d.old, 'new', d.new))
                        from (values ${differences(others)}) as d (field, old, new)
                       where d.old is distinct from d.new), '{}') as changes
       ${from}
      where ${WRITTEN}
      order by t.ctid is null, ${key.map((name) => `s.${id(name)}`).join(', ')}
      limit ${SAMPLES}`,
    [runId],
  );
  return { ...must(rows[0], 'a count answers one row'), samples: samples.rows };
}

const WRITTEN = 's._run_id is not distinct from $1::uuid';

function objectOf(names: readonly string[], value: (name: string) => string): string {
  return `jsonb_build_object(${names.map((name) => `${pg.escapeLiteral(name)}, ${value(name)}`).join(', ')})`;
}

function differences(names: readonly string[]): string {
  // A target of a key and nothing else has nothing that could differ.
  if (names.length === 0) return `(null::text, null::text, null::text)`;
  return names
    .map((name) => `(${pg.escapeLiteral(name)}, t.${id(name)}::text, s.${id(name)}::text)`)
    .join(', ');
}
