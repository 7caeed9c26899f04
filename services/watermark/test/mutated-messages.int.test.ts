import { randomUUID } from 'node:crypto';
import { publish } from '@tidemark/bus';
import { commandVerbs, headerNames } from '@tidemark/contracts';
import { type Letter, mutatedLetters, type MutatedLetter, waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

// A thousand bad messages are a thousand lines of the log.
vi.hoisted(() => {
  process.env['TIDEMARK_LOG_LEVEL'] ??= 'silent';
});

const LETTERS = 1_000;
const SEED = Number(process.env['TIDEMARK_TEST_SEED'] ?? 20_264);

let harness: Harness;
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);

beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  harness = await Harness.open();
  await harness.define('target', yamlOf('target', 'overlap: skip', 3));
  await harness.define('good', yamlOf('good'));
  await harness.start({ TIDEMARK_SWEEP_MS: '5000' });
});

afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  process.off('unhandledRejection', onUnhandled);
});

const payloads: readonly object[] = [
  {},
  { mode: 'backfill', window: { from: '2020-01-01', to: '2021-01-01T00:00:00Z' } },
  { partition: { part: 1 }, maxChunks: 2, maxRecords: 1_000, triggeredBy: 'me' },
  { runId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', overlap: 'skip', rehearse: true },
  { parentRunId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301', chunks: [0, 1] },
  { to: '2020-01-01', partition: { part: 2 } },
  { all: true },
];

/** What `nats pub` may say instead of a subject that is made by a program. */
const strangeSubjects = [
  'tidemark.command.run',
  'tidemark.command.fly.target',
  'tidemark.command.run.target.more',
  'tidemark.command.run.nobody',
  'tidemark.command.RUN.target',
  "tidemark.command.run.';drop--",
  'tidemark.command.__proto__.target',
  'tidemark.command.constructor.target',
  `tidemark.command.run.${'x'.repeat(300)}`,
  'tidemark.command.run.{x}',
];

interface Command extends MutatedLetter {
  readonly subject: string;
}

function command(place: number): Command {
  const verb = commandVerbs[place % commandVerbs.length] ?? 'run';
  const payload = payloads[Math.floor(place / commandVerbs.length) % payloads.length] ?? {};
  const good: Letter = {
    headers: [[headerNames.command, randomUUID()]],
    body: Buffer.from(JSON.stringify(payload)),
  };
  const strange = place % 10 === 9 ? strangeSubjects[((place / 10) % 10) | 0] : undefined;
  const mutated = mutatedLetters(good, SEED + place).next().value;
  return { ...mutated, subject: strange ?? `tidemark.command.${verb}.target` };
}

async function send(letter: Letter, subject: string): Promise<void> {
  await publish(harness.bus, {
    subject,
    stream: 'COMMANDS',
    id: randomUUID(),
    data: letter.body,
    headers: letter.headers.filter(([, value]) => value !== ''),
    signal: AbortSignal.timeout(20_000),
  });
}

const isUuid = (text: string): boolean => /^[0-9a-f-]{36}$/i.test(text);

/** How many answers there are to be: a command whose id came before gets the answer of then. */
function answersExpected(commands: readonly Command[]): number {
  const named = commands.flatMap(({ headers }) =>
    headers.filter(([name, value]) => name === headerNames.command && isUuid(value)),
  );
  const others = commands.length - named.length;
  return others + new Set(named.map(([, value]) => value)).size;
}

test('each of a thousand mutated commands is answered, and a good one still starts a run', async () => {
  const commands = Array.from({ length: LETTERS }, (_, place) => command(place));

  for (let from = 0; from < LETTERS; from += 100) {
    const some = commands.slice(from, from + 100);
    await Promise.all(some.map(async (each) => send(each, each.subject)));
  }
  await harness.command('run', 'good');

  await waitFor(async () => (await harness.bus.jsm.streams.info('COMMANDS')).state.messages === 0, {
    what: 'no command to be left',
    timeoutMs: 240_000,
  });
  const { rows } = await harness.pool.query<{ outcome: string; count: number; poison: number }>(
    `select outcome, count(*)::int,
            (count(*) filter (where reasons::text like '%MESSAGE_POISON%'))::int as poison
       from tidemark.commands where collector_name <> 'good' group by outcome order by outcome`,
  );
  expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(answersExpected(commands));
  // Nothing of it is a mistake of the program.
  expect(rows.filter(({ poison }) => poison > 0)).toEqual([]);
  expect((await harness.answer('good')).outcome).toBe('accepted');
  expect(await harness.runs('good')).toHaveLength(1);
  expect(unhandled).toEqual([]);
}, 300_000);
