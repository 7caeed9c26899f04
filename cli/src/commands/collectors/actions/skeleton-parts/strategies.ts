/** What makes a run ask only for what changed. */
export const strategies = ['cursor', 'periods', 'token', 'worklist', 'snapshot', 'full'] as const;
export type Strategy = (typeof strategies)[number];

/** Where records come from. */
export const sourceKinds = ['http', 'postgres'] as const;
export type SourceKind = (typeof sourceKinds)[number];

/** The query parameters of a request, which some strategies need. */
export function queryOf(strategy: Strategy): string {
  switch (strategy) {
    case 'periods':
      return `  # {first_day} and {last_day} of the months that a chunk asks for; {from} and {to} are their names, such as 2024-01.
  query: { from: '{first_day}', to: '{last_day}' }`;
    case 'worklist':
      return `  # The ids of one request, with commas between them.
  query: { ids: '{ids}' }`;
    case 'cursor':
    case 'token':
    case 'snapshot':
    case 'full':
      return '  # query: { sort: updated_at }';
  }
}

/** The section `incremental` of a definition to begin with. */
export function incrementalOf(strategy: Strategy, source: SourceKind): string {
  const others = strategies.filter((each) => each !== strategy).join(', ');
  const heading = `# What makes a run ask only for what changed. Others: ${others}.`;
  const text = strategy === 'cursor' && source === 'postgres' ? cursorOfDatabase : texts[strategy];
  return `${heading}\nincremental:\n  kind: ${strategy}\n${text}`;
}

const cursorOfDatabase = `\
  # The field below, under target, whose value orders the changes: a column of the query.
  field: changed_at
  # A column that tells rows of the same moment apart.
  tie: id
  # Where the first run begins.
  start: '2024-01-01'
  # Rows that are committed late are waited for; where others' transactions cannot be seen, so long.
  settle: 30s
`;

const texts: Readonly<Record<Strategy, string>> = {
  cursor: `\
  # The field below, under target, whose value orders the changes.
  field: changed_at
  # The query parameter that says since when.
  from: updated_since
  # Where the first run begins.
  start: '2024-01-01'
  # The recent past is read again, for rows that appear late; what did not change costs no write.
  lookback: 10m
  # The newest moments are read but not taken for complete.
  settle: 30s
`,
  periods: `\
  # Others: year, quarter, week, day.
  unit: month
  from: '2024-01'
  # So many of the newest are always asked for, an older one when its last success is this old.
  recent: 2
  maxAgeDays: 30
  # Months in one chunk.
  perChunk: 1
`,
  token: `\
  # The query parameter that carries the token of the last answer; absent on the first run.
  param: since_token
  # Where the last page gives the token for the next run.
  next: meta.sync_token
`,
  worklist: `\
  # The ids, from your own database: columns id, and if you like score (greater is more urgent) and final.
  query: select id from public.wanted_things
  # Or from what another collector has loaded:
  # from: { collector: other, field: id }
  perRequest: 50
  # An id is asked for again when its last success is this old.
  maxAge: 1d
`,
  snapshot: `\
  # A row that is gone from the source gets a moment in _deleted_at. Others: remove, ignore.
  deletions: mark
  # A larger share of vanished rows is taken for a fault of the source.
  maxDeletedShare: 0.1
`,
  full: `\
  # Everything is read each time; what did not change costs no write, and what vanished stays.
`,
};
