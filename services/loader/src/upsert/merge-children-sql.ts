import { CHILDREN_DIGEST } from '@tidemark/collector-sdk';
import pg from 'pg';

// One statement brings the children of a batch's records into their table, right after the records themselves were merged.
// The records that this batch wrote have its number: theirs are the children that count, and no others'. One that is
// unchanged has the children that are there, one that is stale has older ones. Of a record that stands twice in a batch the
// digest tells whose children were written, also where the search for a bad row has cut the batch between the two. The row of
// a record is locked by then, and with it all of its children, so two loaders never meet here.
// `judged`: what differs from the row that is there. `written`: that, upserted. `gone`: rows of those records that no
// element stands for any more. Who wrote a record is asked only of what was joined: by that alone the planner would take a
// large batch for a single row, and compare each line with each.
// Parameters: $1 run, $2 batch, $3 moment of asking in microseconds.

/** The records' side: quoted names, but for those of the key. */
export interface ParentTable {
  readonly table: string;
  readonly stage: string;
  readonly key: readonly string[];
}

export interface MergeChild {
  /** Quoted names. */
  readonly table: string;
  readonly stage: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
  /** Columns of the child that are the record's key, and which field each is. */
  readonly parentKey: readonly { readonly column: string; readonly field: string }[];
  /** Whether rows without an element are removed. */
  readonly removes: boolean;
}

const id = pg.escapeIdentifier;
const DIGEST = id(CHILDREN_DIGEST.name);

/** The statement that merges a stage of children and answers one row of counts. */
export function mergeChildrenSql(child: MergeChild, parent: ParentTable): string {
  const columns = child.columns.map((name) => id(name));
  const key = child.key.map((name) => id(name)).join(', ');
  const compared = child.columns.filter((name) => !child.key.includes(name));
  const ofParent = child.parentKey.map(({ column, field }) => `p.${id(field)} = c.${id(column)}`);
  return `
with owned as materialized (
  select ${columns.map((name) => `c.${name}`).join(', ')}, c.ctid as _line, p._batch_id
    from ${child.stage} as c
    join ${parent.table} as p on ${ofParent.join(' and ')} and p.${DIGEST} = c.${DIGEST}),
lines as materialized (
  select distinct on (${key}) ${columns.join(', ')}
    from owned
   where _batch_id = $2::bigint
   order by ${key}, _line desc),
judged as materialized (
  select ${columns.map((name) => `l.${name}`).join(', ')}
    from lines as l
    left join ${child.table} as t on ${equals(child.key, 't', 'l')}
   where t.ctid is null${compared.length === 0 ? '' : ` or ${differs(compared, 'l')}`}),
written as (
  insert into ${child.table} as t
         (${columns.join(', ')}, _run_id, _batch_id, _asked_at, created_at, updated_at)
  select ${columns.join(', ')}, $1::uuid, $2::bigint, tidemark.from_micros($3::numeric),
         clock_timestamp(), clock_timestamp()
    from judged
   order by ${key}
  on conflict (${key}) ${updateSql(compared)}
  returning (t.xmax = 0) as inserted)${child.removes ? goneSql(child, parent) : ''}
select count(*) filter (where inserted)::integer as inserted,
       count(*) filter (where not inserted)::integer as updated,
       ${child.removes ? '(select count(*) from gone)::integer' : '0'} as deleted
  from written`;
}

function updateSql(compared: readonly string[]): string {
  if (compared.length === 0) return 'do nothing';
  return `do update
     set ${compared.map((name) => `${id(name)} = excluded.${id(name)}, `).join('')}
         _run_id = excluded._run_id, _batch_id = excluded._batch_id, _asked_at = excluded._asked_at,
         updated_at = clock_timestamp()
   where ${differs(compared, 'excluded')}`;
}

function goneSql({ table, key, parentKey }: MergeChild, parent: ParentTable): string {
  const ofParent = parentKey.map(({ column, field }) => `t.${id(column)} = p.${id(field)}`);
  const fields = parent.key.map((name) => id(name));
  return `,
records as materialized (
  select ${fields.map((name) => `p.${name}`).join(', ')}, p._batch_id
    from (select distinct ${[...fields, DIGEST].join(', ')} from ${parent.stage}) as s
    join ${parent.table} as p on ${equals(parent.key, 'p', 's')} and p.${DIGEST} is not distinct from s.${DIGEST}),
gone as (
  delete from ${table} as t
   using (select ${key.map((name) => `t.${id(name)}`).join(', ')}
            from records as p
            join ${table} as t on ${ofParent.join(' and ')}
           where p._batch_id = $2::bigint
          except
          select ${key.map((name) => id(name)).join(', ')} from lines) as g
   where ${equals(key, 't', 'g')}
  returning 1)`;
}

function equals(key: readonly string[], one: string, other: string): string {
  return key.map((name) => `${one}.${id(name)} = ${other}.${id(name)}`).join(' and ');
}

function differs(columns: readonly string[], incoming: string): string {
  const row = (of: string): string =>
    `row(${columns.map((name) => `${of}.${id(name)}`).join(', ')})`;
  return `${row('t')} is distinct from ${row(incoming)}`;
}
