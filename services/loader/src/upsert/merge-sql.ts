import pg from 'pg';

// One statement takes a staged batch into its target. `winner`: of a key that stands twice in the batch the last one
// by (version, position) counts. `judged`: each winner against the row that is there: new, unchanged (equal, which
// writes nothing at all), later or stale by (version, moment of asking). `written`: only new and later ones are
// upserted, in the order of the key so that two loaders lock rows in the same order, and judged again under the row's
// lock, since another loader may have been faster. A winner that comes back from neither was overtaken meanwhile: then
// `recount` asks once more, in a statement of its own that sees what the other one wrote.
// Parameters: $1 run, $2 batch, $3 moment of asking in microseconds; with a cursor also $4 and $5, the ends of what was
// covered before the run, as digits: rows written in between are late.

export interface MergeTarget {
  /** Quoted names. */
  readonly table: string;
  readonly stage: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  readonly version: string | undefined;
  /** Columns in which two contents of a key can differ. */
  readonly compared: readonly string[];
  /** Whether rows may be marked as deleted: one that comes back is written, however old its content says it is. */
  readonly marked: boolean;
  /** Digits of a row's cursor, made from its alias; undefined where no column holds one. */
  readonly cursor?: ((of: string) => string) | undefined;
}

const id = pg.escapeIdentifier;
const ASKED_AT = 'tidemark.from_micros($3::numeric)';

/** The statement that merges a stage and answers one row of counts. */
export function mergeSql(target: MergeTarget): string {
  const columns = target.columns.map((name) => id(name));
  const list = columns.join(', ');
  return `
with ${winnerSql(target)},
judged as materialized (
  select ${columns.map((name) => `w.${name}`).join(', ')},
         case when t.ctid is null then 'new'
              when not (${differsSql(target, 'w')}) then 'unchanged'
              when ${laterSql(target, 'w')} then 'later'
              else 'stale' end as verdict
    from winner as w
    left join ${target.table} as t on ${sameKeySql(target, 'w')}),
written as (
  insert into ${target.table} as t
         (${list}, _run_id, _batch_id, _asked_at, created_at, updated_at)
  select ${list}, $1::uuid, $2::bigint, ${ASKED_AT}, clock_timestamp(), clock_timestamp()
    from judged
   where verdict in ('new', 'later')
   order by ${keyList(target)}
  on conflict (${keyList(target)}) ${updateSql(target)}
  returning (t.xmax = 0) as inserted${cursorSql(target)}),
losers as (${losersSql(target)})
select j.candidates - w.inserted - w.updated as overtaken,
       w.inserted, w.updated, j.unchanged, j.stale, w.late, w."oldestLate",
       l.unchanged as "losersUnchanged", l.stale as "losersStale"
  from (select count(*) filter (where verdict = 'unchanged')::integer as unchanged,
               count(*) filter (where verdict = 'stale')::integer as stale,
               count(*) filter (where verdict in ('new', 'later'))::integer as candidates
          from judged) as j,
       (select count(*) filter (where inserted)::integer as inserted,
               count(*) filter (where not inserted)::integer as updated,
               ${lateSql(target)}
          from written) as w,
       losers as l`;
}

/** Nobody looks at the cursors of a first load. */
function cursorSql({ cursor }: MergeTarget): string {
  return cursor ? `, case when $5::numeric is not null then ${cursor('t')} end as cursor` : '';
}

function lateSql({ cursor }: MergeTarget): string {
  if (!cursor) return `0 as late, null as "oldestLate"`;
  const isLate = 'filter (where cursor >= $4::numeric and cursor < $5::numeric)';
  return `count(*) ${isLate}::integer as late, (min(cursor) ${isLate})::text as "oldestLate"`;
}

/** The statement that judges the winners which this batch did not write: unchanged, stale. */
export function recountSql(target: MergeTarget): string {
  return `
with ${winnerSql(target)}
select count(*) filter (where not (${differsSql(target, 'w')}))::integer as unchanged,
       count(*) filter (where ${differsSql(target, 'w')})::integer as stale
  from winner as w
  join ${target.table} as t on ${sameKeySql(target, 'w')}
 where t._batch_id is distinct from $1::bigint`;
}

function winnerSql(target: MergeTarget): string {
  const version = target.version === undefined ? '' : `${id(target.version)} desc nulls last, `;
  return `winner as materialized (
  select distinct on (${keyList(target)}) ${target.columns.map((name) => id(name)).join(', ')},
         ctid as position
    from ${target.stage}
   order by ${keyList(target)}, ${version}ctid desc)`;
}

/** Nearly always there are none, and then nothing is joined. */
function losersSql(target: MergeTarget): string {
  const { compared } = target;
  const differs =
    compared.length === 0
      ? 'false'
      : `${row(compared, 's')} is distinct from ${row(compared, 'w')}`;
  const count = (condition: string): string => `
  coalesce((select count(*)::integer
              from ${target.stage} as s
              join winner as w on ${target.key.map((name) => `w.${id(name)} = s.${id(name)}`).join(' and ')}
             where s.ctid <> w.position and ${condition}
               and (select count(*) from ${target.stage}) > (select count(*) from winner)), 0)`;
  return `
  select ${count(`not (${differs})`)} as unchanged,
         ${count(`(${differs})`)} as stale`;
}

function updateSql(target: MergeTarget): string {
  const { compared } = target;
  if (compared.length === 0 && !target.marked) return 'do nothing';
  return `do update
     set ${compared.map((name) => `${id(name)} = excluded.${id(name)}, `).join('')}
         ${target.marked ? '_deleted_at = null, ' : ''}_run_id = excluded._run_id, _batch_id = excluded._batch_id, _asked_at = excluded._asked_at,
         updated_at = clock_timestamp()
   where (${differsSql(target, 'excluded')}) and (${laterSql(target, 'excluded')})`;
}

function differsSql({ compared, marked }: MergeTarget, incoming: string): string {
  const differs = [
    ...(compared.length === 0
      ? []
      : [`${row(compared, 't')} is distinct from ${row(compared, incoming)}`]),
    ...(marked ? ['t._deleted_at is not null'] : []),
  ];
  return differs.length === 0 ? 'false' : differs.join(' or ');
}

/** At the same version and moment (parts of one page) the one that is loaded last counts. */
function laterSql({ version, marked }: MergeTarget, incoming: string): string {
  const asked = `(t._asked_at is null or t._asked_at <= ${ASKED_AT})`;
  if (version === undefined) return asked;
  // Absence has no version: only the moment of asking orders it.
  const isBack = marked ? `when t._deleted_at is not null then ${asked}\n               ` : '';
  const [there, here] = [`t.${id(version)}`, `${incoming}.${id(version)}`];
  return `case ${isBack}when ${here} is not distinct from ${there} then ${asked}
               when ${here} is null then false
               else ${there} is null or ${here} > ${there} end`;
}

function sameKeySql(target: MergeTarget, incoming: string): string {
  return target.key.map((name) => `t.${id(name)} = ${incoming}.${id(name)}`).join(' and ');
}

function keyList(target: MergeTarget): string {
  return target.key.map((name) => id(name)).join(', ');
}

function row(columns: readonly string[], of: string): string {
  return `row(${columns.map((name) => `${of}.${id(name)}`).join(', ')})`;
}
