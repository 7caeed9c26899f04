import { randomUUID } from 'node:crypto';
import { publish } from '@tidemark/bus';
import { type Definition, revisionOf } from '@tidemark/collector-sdk';
import { headerNames as h, type PageTask } from '@tidemark/contracts';
import { type Letter, mutatedLetters, type MutatedLetter, waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startWorld, type World } from './extractor-world.ts';
import { startSource } from './answers-source.ts';

// A thousand bad messages are a thousand lines of the log.
vi.hoisted(() => {
  process.env['TIDEMARK_LOG_LEVEL'] ??= 'silent';
});

const LETTERS = 1_000;
const SEED = Number(process.env['TIDEMARK_TEST_SEED'] ?? 20_262);
const STREAM = 'EXTRACT_LIVE';
const MOST_HELD = 50;

let world: World;
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  world = await startWorld({ TIDEMARK_LANES: '8' });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  process.off('unhandledRejection', onUnhandled);
});

async function addCollector(url: string): Promise<Definition> {
  return world.add({
    name: 'mutated',
    source: { name: 'mutated', baseUrl: url, attempts: 1 },
    partitions: [{ city: 'ulm' }],
    request: {
      path: '/{city}/records',
      query: { day: '{today}', of: '{city}' },
      headers: { 'x-city': '{city}' },
      records: 'data',
    },
    paginate: { kind: 'page', size: { param: 'n', value: 10 }, totalPages: 'pages' },
    incremental: {
      kind: 'cursor',
      field: 'at',
      from: 'since',
      to: 'until',
      start: '2000-01-01',
      zone: 'Europe/Berlin',
      format: 'iso-local',
      split: { axis: 'cursor', when: { status: 413, body: 'many' } },
    },
    target: {
      kind: 'table',
      table: 'mutated',
      key: ['id'],
      fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
    },
    limits: { concurrency: 64 },
  });
}

function taskOf(definition: Definition, runId: string, chunkId: number): PageTask {
  const cursor = { from: '1600000000000000', to: '1700000000000000' };
  return {
    v: 1,
    runId,
    chunkId,
    attempt: 1,
    collector: definition.name,
    runClass: 'live',
    revision: revisionOf(definition),
    partition: { city: 'ulm' },
    cursor,
    items: [],
    signal: null,
    plannedAt: '1700000000000000',
    page: {
      seq: 0,
      place: { page: 1 },
      windows: [cursor],
      bound: null,
      stride: null,
      trail: { pages: 0, records: 0, rereads: 0 },
    },
  };
}

function letterOf(task: PageTask): Letter {
  return {
    headers: [
      [h.version, '1'],
      [h.run, task.runId],
      [h.chunk, String(task.chunkId)],
      [h.attempt, '1'],
      [h.seq, '0'],
      [h.definition, task.revision],
      [h.contentType, 'application/json'],
    ],
    body: Buffer.from(JSON.stringify(task)),
  };
}

async function startRun(definition: Definition, runId: string): Promise<void> {
  await world.pool.query(
    `insert into tidemark.collector_runs (id, collector_name, class, mode, status, triggered_by, revision)
     values ($1, $2, 'live', 'incremental', 'running', 'test', $3)`,
    [runId, definition.name, revisionOf(definition)],
  );
  await world.pool.query(
    `insert into tidemark.chunks (run_id, chunk_id, status, attempt, partition, task, cursor_from, cursor_to)
     select $1, chunk, 'active', 1, '{}', '{}', 1600000000000000, 1700000000000000
       from generate_series(0, $2::integer) as chunk`,
    [runId, LETTERS],
  );
}

async function send(subject: string, letter: Letter, id: string): Promise<void> {
  await publish(world.bus, {
    subject,
    stream: STREAM,
    id,
    data: letter.body,
    headers: letter.headers.filter(([, value]) => value !== ''),
    signal: AbortSignal.timeout(20_000),
  });
}

/** Numbers of the letters that are still in the stream; what pages lead to has other ids. */
async function heldLetters(): Promise<(string | number)[]> {
  const { state } = await world.bus.jsm.streams.info(STREAM);
  const held: (string | number)[] = [];
  // Most of them are still on their way.
  if (state.messages > MOST_HELD) return ['many'];
  for (let seq = state.first_seq; seq <= state.last_seq && held.length < state.messages; seq += 1) {
    const stored = await world.bus.jsm.streams.getMessage(STREAM, { seq }).catch(() => null);
    const id = stored?.header.get('Nats-Msg-Id');
    if (id !== undefined) held.push(/^\d+$/.test(id) ? Number(id) : id);
  }
  return held;
}

/** A message of a newer release, or one that names a definition which nobody has published. */
function mayBeHeld(letter: Letter, revision: string): boolean {
  const version = letter.headers.findLast(([name]) => name === h.version)?.[1];
  return Number(version) > 2 || !letter.body.includes(revision);
}

/** Tasks that are not those of their chunk any more: what they say is another page of another run, chunk or attempt. */
function isElsewhere(letter: Letter, good: PageTask): boolean {
  try {
    const { runId, chunkId, attempt } = JSON.parse(letter.body.toString()) as Partial<PageTask>;
    return runId !== good.runId || chunkId !== good.chunkId || attempt !== good.attempt;
  } catch {
    return false;
  }
}

test('each of a thousand mutated tasks is read or ends as a failure, and a good one still gets through', async () => {
  const source = await startSource(() => ({
    body: { data: [{ id: 1, at: '2023-01-01T00:00:00' }], pages: 1 },
  }));
  const definition = await addCollector(source.url);
  const revision = revisionOf(definition);
  const runId = randomUUID();
  await startRun(definition, runId);
  const subject = `tidemark.extract.live.${definition.name}.${runId}`;
  const letters = Array.from({ length: LETTERS }, (_, place): MutatedLetter => {
    const good = letterOf(taskOf(definition, runId, place));
    return mutatedLetters(good, SEED + place).next().value;
  });

  for (let from = 0; from < LETTERS; from += 100) {
    const some = letters.slice(from, from + 100);
    await Promise.all(
      some.map(async (letter, place) => send(subject, letter, String(from + place))),
    );
  }
  await send(subject, letterOf(taskOf(definition, runId, LETTERS)), String(LETTERS));

  const held = await waitFor(
    async () => {
      const left = await heldLetters();
      const places = left.map((each) => (typeof each === 'number' ? letters[each] : undefined));
      const isDone = places.every((each) => each && mayBeHeld(each, revision));
      return isDone ? new Set(places) : undefined;
    },
    { what: 'nothing to be left but what is held', timeoutMs: 240_000 },
  );
  const batches = await waitFor(
    () => {
      const all = world.batches(runId);
      return all.some(({ headers }) => headers.chunkId === LETTERS) ? all : undefined;
    },
    { what: 'the page of the good task' },
  );
  const ended = new Set(batches.map(({ headers }) => headers.chunkId));
  const isLost = (letter: MutatedLetter, place: number): boolean =>
    !held.has(letter) &&
    !ended.has(place) &&
    !isElsewhere(letter, taskOf(definition, runId, place));
  expect(letters.filter(isLost).map(({ what }) => what)).toEqual([]);
  // Nothing of it is a mistake of the program.
  const failures = batches.flatMap(({ failure, headers }) =>
    failure
      ? [{ code: failure.code, what: letters[headers.chunkId]?.what, reason: failure.reason }]
      : [],
  );
  expect(failures.filter(({ code }) => code === 'MESSAGE_POISON')).toEqual([]);
  expect(batches.find(({ headers }) => headers.chunkId === LETTERS)?.headers.outcome).toBe('last');
  expect(unhandled).toEqual([]);
}, 300_000);
