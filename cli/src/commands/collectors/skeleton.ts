import { writeYaml } from '@tidemark/collector-sdk';

/** How a source gives its answer in pages. */
export const pageKinds = ['none', 'page', 'offset', 'cursor'] as const;
export type PageKind = (typeof pageKinds)[number];

export interface SkeletonOptions {
  readonly name: string;
  readonly kind: PageKind;
  /** Where an editor finds the JSON Schema, if it is known. */
  readonly schema: string | undefined;
}

/** A definition that is valid as it is and says at each place what to put there. */
export function skeleton({ name, kind, schema }: SkeletonOptions): string {
  const quoted = writeYaml(name).trimEnd();
  const secret = wordOf(name).toUpperCase();
  return `${schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`}\
# Every setting is in docs/collectors.md. \`tidemark collectors check\` tells what is wrong with this file.

# Never changes: watermarks hang on it.
name: ${quoted}
description: What the records are, in one sentence.

source:
  # Collectors with the same source name share its rate budget.
  name: ${quoted}
  baseUrl: https://api.example.com
  # The secret is the variable TIDEMARK_SECRET_${secret} of the extractor. Others: api-key, basic.
  # auth: { kind: bearer, secret: ${secret} }
  # What the source allows, shared by all replicas.
  rate: { requests: 5, per: 1s }

# The collector is run for each of them, with a watermark of its own. {region} is a variable of the request then.
# partitions:
#   - { region: eu }
#   - { region: us }

request:
  # A template below the base URL. Variables: keys of the partitions, from, to, today, planned_at.
  path: /v1/records
  # query: { sort: updated_at }
  # Where the records are in the answer; $ is the whole answer.
  records: data

${paging[kind]}
# What makes a run ask only for what changed. Others: periods (years, months, days), full (everything each time).
incremental:
  kind: cursor
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

target:
  kind: table
  # Made by itself, in the schema public.
  table: ${tableOf(name)}
  # The fields that name a record, and the one that orders two contents of it.
  key: [id]
  version: changed_at
  fields:
    # Types: text, bigint, numeric, boolean, date, timestamptz, jsonb, text[], uuid.
    id: { type: text, required: true }
    # A field whose value has another name in the record, or is deeper in it: path: customer.name
    changed_at: { path: updated_at, type: timestamptz, required: true }

# Without it the collector runs when it is told to.
# schedule: { cron: '*/15 * * * *', zone: UTC }
`;
}

const paging: Readonly<Record<PageKind, string>> = {
  none: `# The whole answer comes at once. Others: page, offset, cursor.
paginate:
  kind: none
`,
  page: `# Pages have numbers. Others: none, offset, cursor.
paginate:
  kind: page
  param: page
  start: 1
  size: { param: per_page, value: 100 }
  # Where the answer tells how many pages there are; then several can be asked for at the same time.
  # totalPages: meta.pages
  # width: 4
`,
  offset: `# A page begins behind so many records. Others: none, page, cursor.
paginate:
  kind: offset
  param: offset
  start: 0
  size: { param: limit, value: 100 }
`,
  cursor: `# Each answer says where the next page begins. Others: none, page, offset.
paginate:
  kind: cursor
  # The query parameter that carries it from the second page on.
  param: cursor
  # Where it is in the answer; absent, null or empty: the last page.
  next: meta.next_cursor
`,
};

/** A name that PostgreSQL and variables of the environment take: neither knows a minus, nor a digit in front. */
function wordOf(name: string): string {
  const word = name.replaceAll('-', '_');
  return /^\d/.test(word) ? `c_${word}` : word;
}

function tableOf(name: string): string {
  // A name such as "true" or "null" is a word of YAML too.
  return writeYaml(wordOf(name)).trimEnd();
}
