import { isHttp, isSql, type Definition } from '@tidemark/collector-sdk';
import { readSecrets, type Secrets } from '@tidemark/collector-sdk/source';
import type { PageTask } from '@tidemark/contracts';
import { type CliIo, FailedError, print, printJson, say, UsageError } from '../../../../cli-io.ts';
import { readPartition } from '../../../../read-partition.ts';
import { askHttp } from './ask-http.ts';
import { askPostgres } from './ask-postgres.ts';
import { choosePage } from './choose-page.ts';
import type { TestedPage } from './fetched-page.ts';
import { findDefinition } from './find-definition.ts';
import { mapPage, type MappedPage } from './map-page.ts';
import { showPageTest, type PageTest } from './show-page-test.ts';

export interface PageTestOptions {
  readonly partition: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly id: readonly string[];
  readonly rows: number;
  readonly json: boolean;
}

/** Fetches and maps one page of a source from here, shows what it becomes, and writes nothing. */
export async function testPage(io: CliIo, name: string, options: PageTestOptions): Promise<void> {
  const found = await findDefinition(io, name);
  if ('mistakes' in found) {
    for (const { line, path, message } of found.mistakes) {
      print(io, [`${found.file}:${line}`, ...(path ? [path] : []), message].join(': '));
    }
    throw new FailedError('the definition has mistakes');
  }
  const { definition } = found;
  const { from, to, id: ids } = options;
  const window =
    from === undefined && to === undefined
      ? undefined
      : { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
  const partition = readPartition(options.partition);
  const task = choosePage(definition, { partition, window, ids }, Date.now());
  say(
    io,
    'One request from this machine. It is counted in no rate budget, and nothing is written.',
  );
  const secrets = readSecrets(io.env);
  const page = await ask(definition, task, secrets);
  const mapped = page.records && (await mapPage(definition, page.records));
  const test = { definition, task, page, mapped, limit: options.rows };
  if (options.json) printJson(io, redactAll(secrets, toJson(test)));
  else print(io, secrets.redact(showPageTest(test)));
  judge(definition, page, mapped);
}

async function ask(definition: Definition, task: PageTask, secrets: Secrets): Promise<TestedPage> {
  if (isHttp(definition)) return askHttp(definition, task, secrets);
  if (isSql(definition)) return askPostgres(definition, task, secrets);
  throw new UsageError(
    `The source of "${definition.name}" is a ${definition.source.kind}, its request is ${definition.request.kind}.`,
  );
}

/** Fails as the chunk of such a page would, and does not wait for a hundred records to be sure. */
function judge({ limits }: Definition, page: TestedPage, mapped: MappedPage | undefined): void {
  if (page.failure || !mapped) throw new FailedError('the page failed');
  const records = mapped.rows.length + mapped.rejects.length;
  if (mapped.rejects.length > limits.maxRejects * records) {
    throw new FailedError('too many records were rejected');
  }
}

function toJson({ definition, task, page, mapped }: PageTest) {
  return {
    collector: definition.name,
    partition: task.partition,
    cursor: task.cursor,
    items: task.items,
    request: page.request,
    status: page.status,
    duration_ms: page.durationMs,
    bytes: page.bytes,
    records: page.records?.length ?? null,
    next: page.next,
    notes: page.notes,
    failure: page.failure ?? null,
    rows: mapped?.rows ?? [],
    rejects: mapped?.rejects ?? [],
    ...(mapped && mapped.children.length > 0 && { children: mapped.children }),
  };
}

/** A source may repeat what it was sent: no secret is shown, wherever it stands. */
function redactAll(secrets: Secrets, value: unknown): unknown {
  return JSON.parse(secrets.redact(JSON.stringify(value)));
}
