// Asks a source for one page after the other, as the extractor does from the request to the parts of a page, and tells what
// became of each and how much memory that took. A process of its own, with the heap that the extractor has in production.
import { defineCollector } from '@tidemark/collector-sdk/define';
import {
  createGuardedAgent,
  judgeFailure,
  readContent,
  sendRequest,
} from '@tidemark/collector-sdk/source';
import type { HttpDefinitionInput } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import { interpretPage } from '../src/interpret-page.ts';

interface Bomb {
  readonly path: string;
  readonly request: Partial<HttpDefinitionInput['request']>;
}

const [baseUrl = '', bombs = '[]', timeoutMs = '2000'] = process.argv.slice(2);
const agent = createGuardedAgent(64);

function definitionOf({ path, request }: Bomb) {
  return defineCollector({
    name: 'bombs',
    source: { name: 'bombs', baseUrl },
    request: { path, ...request },
    incremental: { kind: 'full' },
    target: { kind: 'table', table: 'bombs', key: ['id'], fields: { id: { type: 'bigint' } } },
  });
}

async function ask(bomb: Bomb) {
  const definition = definitionOf(bomb);
  const startedMs = performance.now();
  const said = await outcomeOf(definition, bomb).catch((error: unknown) => ({
    code: error instanceof TerminalError ? error.code : 'CRASH',
    reason: String(error),
  }));
  const tookMs = Math.round(performance.now() - startedMs);
  return { path: bomb.path, ...said, tookMs, peakMib: peakMib() };
}

async function outcomeOf(definition: ReturnType<typeof definitionOf>, { path }: Bomb) {
  const { signal } = new AbortController();
  const answer = await sendRequest(
    { method: 'GET', url: new URL(path, baseUrl), headers: {} },
    {
      dispatcher: agent,
      timeoutMs: Number(timeoutMs),
      maxBytes: definition.source.maxResponseBytes,
      signal,
    },
  );
  if ('kind' in answer) return judgeFailure(answer);
  const content = readContent(definition, answer, {});
  if (content === 'too-many') return { code: 'TOO_MANY', reason: '' };
  if ('code' in content) return { code: content.code, reason: content.reason };
  const task = {
    v: 1 as const,
    runId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    chunkId: 0,
    attempt: 1,
    collector: 'bombs',
    runClass: 'live' as const,
    revision: '0123456789abcdef',
    partition: {},
    cursor: null,
    items: [],
    signal: null,
    plannedAt: '1700000000000000',
    page: { seq: 0, place: {}, windows: [], bound: null, stride: null },
  };
  const moment = { askedAtUs: '1700000000000000', sourceUs: undefined };
  const page = interpretPage({ definition, task, moment }, content);
  return { code: 'READ', reason: `${page.parts.length} parts` };
}

/** The most memory that this process has had so far. */
function peakMib(): number {
  return Math.round(process.resourceUsage().maxRSS / 1_024);
}

const queue = JSON.parse(bombs) as Bomb[];
for (const bomb of queue) process.stdout.write(`${JSON.stringify(await ask(bomb))}\n`);
await agent.destroy();
