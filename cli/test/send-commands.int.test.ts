import { type Bus, connectBus } from '@tidemark/bus';
import type { PlanReport } from '@tidemark/contracts';
import { createLogger } from '@tidemark/runtime';
import { type FreshDatabase, type NatsServer, freshDatabase, freshNats } from '@tidemark/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { runInTest } from './run-in-test.ts';

let database: FreshDatabase;
let nats: NatsServer;
let bus: Bus;
let env: NodeJS.ProcessEnv;

/** Nobody has to say who he is; who says that he is deaf may not hear events. */
const users = `
authorization {
  users: [
    { user: anybody }
    { user: deaf, password: deaf, permissions: { publish: '>', subscribe: '_INBOX.>' } }
  ]
}
no_auth_user: anybody
`;

beforeAll(async () => {
  [database, nats] = await Promise.all([freshDatabase(), freshNats({ configLines: users })]);
  const logger = createLogger('test');
  logger.level = 'silent';
  bus = await connectBus({ url: nats.url, name: 'test', logger });
  env = { DATABASE_URL: database.url, NATS_URL: nats.url };
});

beforeEach(async () => {
  await bus.jsm.streams.purge('COMMANDS').catch(() => undefined);
});

afterAll(async () => {
  await bus[Symbol.asyncDispose]();
  await Promise.all([nats.stop(), database.drop()]);
});

async function addCommandStream(): Promise<void> {
  await bus.jsm.streams.add({ name: 'COMMANDS', subjects: ['tidemark.command.>'] });
}

interface SeenCommand {
  readonly subject: string;
  readonly body: Record<string, unknown>;
}

/** Answers the next command in the place of the watermark service; it listens already when this resolves. */
async function answerNext(answer: object): Promise<{ readonly seen: Promise<SeenCommand> }> {
  const commands = bus.nc.subscribe('tidemark.command.>', { max: 1 });
  await bus.nc.flush();
  return { seen: answerFirst(commands, answer) };
}

async function answerFirst(
  commands: ReturnType<Bus['nc']['subscribe']>,
  answer: object,
): Promise<SeenCommand> {
  for await (const message of commands) {
    const body = message.json<Record<string, unknown>>();
    const event = {
      v: 1,
      commandId: body['commandId'],
      verb: 'run',
      collector: 'usgs',
      reasons: [],
      ...answer,
    };
    bus.nc.publish('tidemark.event.command.usgs', 'not JSON');
    bus.nc.publish('tidemark.event.command.usgs', JSON.stringify(event));
    return { subject: message.subject, body };
  }
  throw new Error('the subscription ended');
}

const runId = '0197f6a0-0000-7000-8000-00000000000a';

test('run publishes a checked command and prints the id of the run', async () => {
  await addCommandStream();
  const { seen } = await answerNext({ outcome: 'accepted', runId });

  const result = await runInTest(
    [
      'run',
      'usgs',
      '--mode',
      'full',
      '--from',
      '2018-01-30',
      '--partition',
      'net=us',
      '--partition',
      'n=3',
    ],
    env,
  );

  expect(result).toMatchObject({ code: 0, out: `${runId}\n`, err: '' });
  const { subject, body } = await seen;
  expect(subject).toBe('tidemark.command.run.usgs');
  expect(body).toMatchObject({
    mode: 'full',
    window: { from: '2018-01-30' },
    partition: { net: 'us', n: 3 },
    triggeredBy: 'cli',
  });
  const info = await bus.jsm.streams.info('COMMANDS');
  expect(info.state.messages).toBe(1);
});

test('a refused command fails with its reasons', async () => {
  await addCommandStream();
  await answerNext({
    outcome: 'refused',
    runId: null,
    reasons: ['COLLECTOR_UNKNOWN: no such one'],
  });

  const result = await runInTest(['run', 'usgs'], env);

  expect(result).toMatchObject({ code: 1, out: '' });
  expect(result.err).toContain('refused: COLLECTOR_UNKNOWN: no such one');
});

test('a skipped command is said and fails only when its run was to be waited for', async () => {
  await addCommandStream();
  await answerNext({ outcome: 'skipped', runId: null, reasons: ['RUN_CONFLICT: one is active'] });
  const skipped = await runInTest(['run', 'usgs', '--overlap', 'skip'], env);
  await answerNext({ outcome: 'skipped', runId: null });
  const waited = await runInTest(['run', 'usgs', '--wait'], env);

  expect(skipped).toMatchObject({ code: 0, out: '' });
  expect(skipped.err).toContain('RUN_CONFLICT');
  expect(waited.code).toBe(1);
});

test.each([
  ['was missed', (url: string) => url],
  ['may not be heard', (url: string) => url.replace('//', '//deaf:deaf@')],
])('an answer whose event %s is found in the table of commands', async (_why, addressOf) => {
  await addCommandStream();
  const commands = bus.nc.subscribe('tidemark.command.>', { max: 1 });
  await bus.nc.flush();
  const answering = (async () => {
    for await (const message of commands) {
      const body = message.json<{ commandId: string }>();
      await database.pool().query(
        `insert into tidemark.commands (id, verb, collector_name, payload, outcome, run_id)
         values ($1, 'run', 'usgs', '{}', 'queued', $2)`,
        [body.commandId, runId],
      );
    }
  })();

  const result = await runInTest(['run', 'usgs', '--json'], {
    ...env,
    NATS_URL: addressOf(nats.url),
  });
  await answering;

  expect(result.code).toBe(0);
  expect(JSON.parse(result.out)).toMatchObject({ outcome: 'queued', run_id: runId, verb: 'run' });
});

test('--wait follows the run and its end decides the exit code', async () => {
  await addCommandStream();
  await database.pool().query(
    `insert into tidemark.collector_runs (id, collector_name, class, mode, status, triggered_by, revision, completed_at)
     values ($1, 'usgs', 'live', 'incremental', 'failed', 'test', '0123456789abcdef', clock_timestamp())`,
    [runId],
  );
  await answerNext({ outcome: 'accepted', runId });

  const result = await runInTest(['run', 'usgs', '--wait', '--json'], env);

  expect(result.code).toBe(1);
  expect(JSON.parse(result.out)).toMatchObject({ id: runId, status: 'failed' });
});

test('--wait ends when the command that waited is answered with no', async () => {
  await addCommandStream();
  const waiting = '0197f6a0-0000-7000-8000-00000000000b';
  const { seen } = await answerNext({ outcome: 'queued', runId: waiting });
  const answering = seen.then(async ({ body }) =>
    database.pool().query(
      `insert into tidemark.commands (id, verb, collector_name, payload, outcome, reasons, run_id)
       values ($1, 'run', 'usgs', '{}', 'refused', '{"COLLECTOR_DISABLED: switched off"}', $2)`,
      [body['commandId'], waiting],
    ),
  );

  const result = await runInTest(['run', 'usgs', '--wait'], env);
  await answering;

  expect(result.code).toBe(1);
  expect(result.err).toContain('refused: COLLECTOR_DISABLED');
});

test('cancel names the run that is to end', async () => {
  await addCommandStream();
  const { seen } = await answerNext({ outcome: 'accepted', verb: 'cancel', runId });

  const result = await runInTest(['cancel', 'usgs', '--run', runId], env);

  expect(result).toMatchObject({ code: 0, out: 'accepted\n' });
  expect(await seen).toMatchObject({ subject: 'tidemark.command.cancel.usgs', body: { runId } });
});

test.each([
  [['pause', 'usgs'], 'pause', {}],
  [['resume', 'usgs', '--run', runId], 'resume', { runId }],
  [
    ['reset', 'usgs', '--to', '2024-01-01', '--partition', 'net=us'],
    'reset',
    { to: '2024-01-01', partition: { net: 'us' } },
  ],
  [['reset', 'usgs', '--all'], 'reset', { all: true }],
  [
    ['backfill', 'usgs', '--from', '2020-01-01', '--to', '2021-01-01', '--max-chunks', '5'],
    'run',
    { mode: 'backfill', window: { from: '2020-01-01', to: '2021-01-01' }, maxChunks: 5 },
  ],
  [
    ['run', 'usgs', '--rehearse', '--max-records', '100'],
    'run',
    { rehearse: true, maxRecords: 100 },
  ],
  [['run', 'usgs', '--continue'], 'run', { continue: true }],
  [['run', 'usgs', '--continue', runId], 'run', { continue: runId }],
  [['run', 'usgs', '--clear-checkpoint'], 'run', { clearCheckpoint: true }],
  [
    ['retry', runId, '--chunk', '3', '--chunk', '0'],
    'retry',
    { parentRunId: runId, chunks: [3, 0] },
  ],
])('%j becomes its command', async (args, verb, fields) => {
  await addCommandStream();
  await database.pool().query(
    `insert into tidemark.collector_runs (id, collector_name, class, mode, status, triggered_by, revision, completed_at)
     values ($1, 'usgs', 'live', 'incremental', 'failed', 'test', '0123456789abcdef', clock_timestamp())
     on conflict do nothing`,
    [runId],
  );
  const { seen } = await answerNext({ outcome: 'accepted', verb, runId });

  const result = await runInTest(args, env);
  const { subject, body } = await seen;

  expect(result.code, result.err).toBe(0);
  expect(subject).toBe(`tidemark.command.${verb}.usgs`);
  expect(body).toMatchObject(fields);
});

test('a plan is read from the answer and printed', async () => {
  await addCommandStream();
  const plan: PlanReport = {
    collector_name: 'usgs',
    mode: 'incremental',
    watermark_from: null,
    chunks_planned: 1,
    chunks: [{ chunk_id: 0, partition: '{}', from: '2024-01-01T00:00:00Z', to: null, items: [] }],
    requests: 7,
    runs_compared: 2,
    seconds: 14,
    quota: { requests: 10, per: '1s', periods: 0.7 },
  };
  const commands = bus.nc.subscribe('tidemark.command.>', { max: 1 });
  await bus.nc.flush();
  const answering = (async () => {
    for await (const message of commands) {
      await database.pool().query(
        `insert into tidemark.commands (id, verb, collector_name, payload, outcome, result)
         values ($1, 'plan', 'usgs', '{}', 'accepted', $2)`,
        [message.json<{ commandId: string }>().commandId, plan],
      );
    }
  })();

  const result = await runInTest(['run', 'usgs', '--plan'], env);
  await answering;

  expect(result.code, result.err).toBe(0);
  expect(result.out).toContain('2024-01-01 00:00:00Z');
  expect(result.out).toContain(
    'usgs, incremental: 1 chunk, about 7 requests (as 2 earlier runs needed), 70 % of the 10 requests in 1s, about 14 s.',
  );
  expect(result.out).toContain('Nothing was started, and the source was asked for nothing.');
});

test.each([
  [['backfill', 'usgs', '--from', '2020-01-01'], /--to/],
  [['run', 'usgs', '--max-chunks', '0'], /1 or more/],
  [['run', 'usgs', '--plan', '--wait'], /starts nothing/],
  [['backfill', 'usgs', '--from', '2020', '--to', '2021', '--plan', '--wait'], /starts nothing/],
  [['run', 'usgs', '--continue', '--clear-checkpoint'], /neither clears its checkpoint/],
  [['run', 'usgs', '--continue', 'nonsense'], /continue/],
  [['reset', 'usgs'], /either `to` or `all: true`/],
  [['reset', 'usgs', '--all', '--to', '2024-01-01'], /either `to` or `all: true`/],
  [['retry', 'nonsense'], /not the id of a run/],
  [['retry', runId, '--chunk', '-1'], /number of a chunk/],
])('%j makes no sense: exit code 2', async (args, says) => {
  const result = await runInTest(args, env);

  expect(result).toMatchObject({ code: 2, out: '' });
  expect(result.err).toMatch(says);
});

test('without the stream the command fails at once and says which service makes it', async () => {
  await bus.jsm.streams.delete('COMMANDS');

  const result = await runInTest(['run', 'usgs'], env);

  expect(result.code).toBe(1);
  expect(result.err).toMatch(/^BUS_UNAVAILABLE: .*watermark service/);
});

test('a NATS that is away is said within seconds', async () => {
  const result = await runInTest(['run', 'usgs'], { ...env, NATS_URL: 'nats://127.0.0.1:1' });

  expect(result.code).toBe(1);
  expect(result.err).toContain('NATS does not answer at 127.0.0.1:1');
});
