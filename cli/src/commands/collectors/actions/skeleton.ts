import { writeYaml } from '@tidemark/collector-sdk/yaml';
import { pagingOf, type PageKind } from './skeleton-parts/paging.ts';
import {
  incrementalOf,
  queryOf,
  type SourceKind,
  type Strategy,
} from './skeleton-parts/strategies.ts';

export interface SkeletonOptions {
  readonly name: string;
  readonly source: SourceKind;
  readonly strategy: Strategy;
  /** Of an HTTP API. */
  readonly pages: PageKind;
  /** Where an editor finds the JSON Schema, if it is known. */
  readonly schema: string | undefined;
}

/** A definition that is valid as it is and says at each place what to put there. */
export function skeleton(options: SkeletonOptions): string {
  const { name, strategy, source, schema } = options;
  return `${schema === undefined ? '' : `# yaml-language-server: $schema=${schema}\n`}\
# Every setting is in docs/collectors.md. \`tidemark collectors check\` tells what is wrong with this file,
# \`tidemark collectors test\` asks for one page and shows what becomes of it.

# Never changes: watermarks hang on it.
name: ${writeYaml(name).trimEnd()}
description: What the records are, in one sentence.

${source === 'http' ? fromApi(options) : fromDatabase(options)}
${incrementalOf(strategy, source)}
${targetOf(name, strategy)}
# Without it the collector runs when it is told to.
# schedule: { cron: '*/15 * * * *', zone: UTC }
`;
}

function fromApi({ name, strategy, pages }: SkeletonOptions): string {
  const secret = wordOf(name).toUpperCase();
  return `source:
  # Collectors with the same source name share its rate budget.
  name: ${writeYaml(name).trimEnd()}
  baseUrl: https://api.example.com
  # The secret is the variable TIDEMARK_SECRET_${secret} of the extractor; it goes to the hosts in TIDEMARK_SECRET_${secret}_HOSTS
  # (api.example.com) and to no others. Other kinds: api-key, basic, oauth2, tokens.
  # auth: { kind: bearer, secret: ${writeYaml(secret).trimEnd()} }
  # What the source allows, shared by all replicas.
  rate: { requests: 5, per: 1s }

${PARTITIONS}
request:
  # A template below the base URL. Variables: keys of the partitions, today, planned_at, and those of incremental.
  path: /v1/records
${queryOf(strategy)}
  # Where the records are in the answer; $ is the whole answer.
  records: data

${pagingOf(pages)}`;
}

function fromDatabase({ name, strategy }: SkeletonOptions): string {
  const columns = strategy === 'cursor' ? 'id, name, changed_at' : 'id, name';
  return `source:
  kind: postgres
  # Collectors with the same source name share its rate budget.
  name: ${writeYaml(name).trimEnd()}
  # The variable TIDEMARK_SECRET_${wordOf(name).toUpperCase()} of the extractor: postgres://user:password@host:port/database?sslmode=verify-full
  secret: ${writeYaml(wordOf(name).toUpperCase()).trimEnd()}

${PARTITIONS}
request:
  kind: sql
  # One select, without paging and without the window: both are put around it. {region} is a value of the partition.
  sql: select ${columns} from public.records
  # Rows of one page.
  size: 1000
`;
}

const PARTITIONS = `\
# The collector is run for each of them, with a watermark of its own. {region} is a variable of the request then.
# partitions:
#   - { region: eu }
#   - { region: us }
`;

function targetOf(name: string, strategy: Strategy): string {
  const isOrdered = strategy === 'cursor';
  return `target:
  kind: table
  # Made by itself, in the schema public. With a value in it, such as ${wordOf(name)}_{region}, each partition has its own.
  table: ${tableOf(name)}
  # The fields that name a record${isOrdered ? ', and the one that orders two contents of it' : ''}.
  key: [id]
${isOrdered ? '  version: changed_at\n' : ''}\
  fields:
    # Types: text, bigint, numeric, boolean, date, timestamptz, jsonb, text[], uuid.
    id: { type: text, required: true }
    # A field whose value has another name in the record, or is deeper in it: path: customer.name
    name: { type: text }
${isOrdered ? '    changed_at: { type: timestamptz, required: true }\n' : ''}\
  # A list in the record can be rows of a second table, which follow it:
  # children:
  #   - at: lines
  #     table: ${wordOf(name)}_lines
  #     parent: { record_id: id }
  #     position: line
  #     key: [record_id, line]
  #     fields: { sku: { type: text } }
`;
}

/** A name that PostgreSQL and variables of the environment take: neither knows a minus, nor a digit in front. */
function wordOf(name: string): string {
  const word = name.replaceAll('-', '_');
  return /^\d/.test(word) ? `c_${word}` : word;
}

function tableOf(name: string): string {
  // A name such as "true" or "null" is a word of YAML too.
  return writeYaml(wordOf(name)).trimEnd();
}
