import { CommandEvent } from '@tidemark/contracts';
import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSame, ordersYaml, someOrders } from './stack/orders.ts';
import { runCli } from './stack/run-cli.ts';
import { startTestStack, type TestStack } from './stack/test-stack.ts';

const ORDERS = 40;

let source: RecordsSimulator;
let stack: TestStack;
let listener: NatsConnection;
const events: CommandEvent[] = [];

interface StatusJson {
  readonly collectors: readonly {
    readonly name: string;
    readonly status: string;
    readonly error_message: string | null;
    readonly last_run_id: string | null;
    readonly last_run_status: string | null;
  }[];
  readonly refused_commands: readonly {
    readonly id: string;
    readonly collector_name: string;
    readonly outcome: string;
    readonly reasons: readonly string[];
  }[];
}

beforeAll(async () => {
  source = await startRecords({ rows: someOrders(ORDERS) });
  stack = await startTestStack({
    definitions: {
      'orders.yaml': ordersYaml(source.url),
      'locked.yaml': ordersYaml(source.url, { name: 'locked' }).replace(
        'attempts: 3,',
        'attempts: 3, auth: { kind: bearer, secret: NOBODY_SET_ME },',
      ),
    },
  });
  listener = await connect({ servers: stack.nats.url });
  listener.subscribe('tidemark.event.command.*', {
    callback: (_error, msg) => void events.push(CommandEvent.parse(msg.json())),
  });
  await listener.flush();
});

afterAll(async () => {
  await listener?.close();
  await stack?.[Symbol.asyncDispose]();
  await source.stop();
});

async function status(): Promise<StatusJson> {
  const { code, out, err } = await runCli(stack, 'status', '--json');
  expect(code, err).toBe(0);
  return JSON.parse(out) as StatusJson;
}

/** The one answer to a command, after it has come as an event and stands in the table. */
async function answerOf(collector: string, reason: RegExp): Promise<CommandEvent> {
  const isMeant = (event: CommandEvent): boolean =>
    event.collector === collector && event.reasons.some((each) => reason.test(each));
  return waitFor(() => events.find(isMeant), { what: `an answer for ${collector} like ${reason}` });
}

interface BadCommand {
  readonly subject: string;
  readonly payload: unknown;
  readonly reasons: readonly RegExp[];
}

const badCommands: readonly (readonly [string, BadCommand])[] = [
  [
    'a collector that nobody knows',
    {
      subject: 'run.nobody-knows-me',
      payload: {},
      reasons: [/^COLLECTOR_UNKNOWN: .*"nobody-knows-me"/],
    },
  ],
  [
    'a payload that is no JSON',
    { subject: 'run.orders', payload: '{"mode": ', reasons: [/^COMMAND_INVALID: .*not JSON/] },
  ],
  [
    'parameters that there are not, all at once',
    {
      subject: 'run.orders',
      payload: { moed: 'full', window: { since: '2024-01-01' } },
      reasons: [/^COMMAND_INVALID: moed: /, /^COMMAND_INVALID: window\.since: /],
    },
  ],
  [
    'a mode that there is not',
    {
      subject: 'run.orders',
      payload: { mode: 'everything' },
      reasons: [/^COMMAND_INVALID: mode: /],
    },
  ],
  [
    'a window that ends before it begins',
    {
      subject: 'run.orders',
      payload: { mode: 'backfill', window: { from: '2024-06-01', to: '2024-01-01' } },
      reasons: [/^WINDOW_INVALID: .*2024-01-01.*2024-06-01/],
    },
  ],
  [
    'a partition that there is not',
    {
      subject: 'run.orders',
      payload: { partition: { shop: 'moon' } },
      reasons: [/^COMMAND_INVALID: .*partition/],
    },
  ],
  [
    'a verb that there is not',
    { subject: 'explode.orders', payload: {}, reasons: [/^COMMAND_INVALID: .*"explode"/] },
  ],
  [
    'a run that nobody knows',
    {
      subject: 'cancel.orders',
      payload: { runId: 'a3f6bb62-97aa-4a44-90f7-0f8bd5f3ce11' },
      reasons: [/^RUN_UNKNOWN: .*a3f6bb62/],
    },
  ],
];

describe('a command with a mistake is answered', () => {
  test.each(badCommands)('%s', async (_what, { subject, payload, reasons }) => {
    const [verb = '', collector = ''] = subject.split('.');

    await stack.command(`tidemark.command.${subject}`, payload);

    const [first = /./] = reasons;
    const event = await answerOf(collector, first);
    expect(event).toMatchObject({ verb, collector, outcome: 'refused', runId: null });
    expect(event.reasons).toHaveLength(reasons.length);
    for (const each of reasons) expect(event.reasons.join('\n')).toMatch(new RegExp(each, 'm'));
    const { rows } = await stack.pool.query(
      'select verb, collector_name, outcome, reasons, run_id, payload from tidemark.commands where id = $1',
      [event.commandId],
    );
    expect(rows).toEqual([
      {
        verb,
        collector_name: collector,
        outcome: 'refused',
        reasons: event.reasons,
        run_id: null,
        payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
      },
    ]);
    const { refused_commands: refused } = await status();
    expect(refused.find(({ id }) => id === event.commandId)).toMatchObject({
      collector_name: collector,
      outcome: 'refused',
      reasons: event.reasons,
    });
  });

  test('none of them has started anything', async () => {
    const { rows } = await stack.pool.query('select from tidemark.collector_runs');
    expect(rows).toEqual([]);
    await waitFor(async () => (await stack.messagesIn('COMMANDS')) === 0, {
      what: 'the last answer to be acknowledged',
    });
  });
});

describe('a secret that is not set', () => {
  test('fails the run, which says which one, and the page is a dead letter', async () => {
    const run = await stack.run('locked');

    expect(run, await stack.describe(run.id)).toMatchObject({ status: 'failed' });
    expect(run.error_message).toContain('SECRET_MISSING');
    expect(run.error_message).toContain('TIDEMARK_SECRET_NOBODY_SET_ME');
    const { rows } = await stack.pool.query(
      'select kind, code, reason, status from tidemark.dead_letters where run_id = $1',
      [run.id],
    );
    expect(rows).toEqual([
      {
        kind: 'page',
        code: 'SECRET_MISSING',
        reason: expect.stringContaining('TIDEMARK_SECRET_NOBODY_SET_ME'),
        status: 'open',
      },
    ]);
    const { collectors } = await status();
    expect(collectors.find(({ name }) => name === 'locked')).toMatchObject({
      last_run_id: run.id,
      last_run_status: 'failed',
    });
    expect(source.stats.requests).toBe(0);
  });
});

describe('a definition with five mistakes', () => {
  const paths = [
    'source.baseUrl',
    'source.rate.per',
    'paginate.kind',
    'target.key.0',
    'transform.function',
  ];
  const definition = `
name: broken
source:
  name: broken
  baseUrl: 'ftp://example.org'
  rate: { requests: 10, per: sometimes }
request: { path: /records, records: data }
paginate: { kind: guessing }
incremental: { kind: full }
transform: { function: no-such-function }
target: { kind: table, table: broken, key: ['not a column'], fields: { id: { type: bigint } } }
`;

  test('is listed with all of them and their paths, and its runs are refused', async () => {
    await stack.define('broken.yaml', definition);

    const listed = await waitFor(
      async () => (await status()).collectors.find(({ name }) => name === 'broken'),
      { what: 'the broken definition to be listed' },
    );
    expect(listed.status).toBe('invalid');
    for (const path of paths) expect(listed.error_message).toContain(`${path}: `);
    await stack.command('tidemark.command.run.broken');
    const event = await answerOf('broken', /^COLLECTOR_DISABLED: /);
    expect(event.outcome).toBe('refused');
    for (const path of paths) expect(event.reasons.join('\n')).toContain(`${path}: `);
  });

  test('is usable as soon as it is mended', async () => {
    await stack.define('broken.yaml', ordersYaml(source.url, { name: 'broken' }));

    await waitFor(
      async () =>
        (await status()).collectors.find(({ name }) => name === 'broken')?.status === 'ready',
      { what: 'the mended definition to be registered' },
    );
    expect(await stack.run('broken')).toMatchObject({
      status: 'success',
      records_inserted: ORDERS,
    });
  });
});

describe('the command line', () => {
  test('after all that a good run succeeds: exit code 0', async () => {
    const { code, out, err } = await runCli(stack, 'run', 'orders', '--wait', '--json');

    expect(code, err).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      collector_name: 'orders',
      status: 'success',
      triggered_by: 'cli',
    });
    await expectSame(stack.pool, source);
  });

  test.each([
    ['a run that fails', ['run', 'locked', '--wait'], /SECRET_MISSING/],
    ['a collector that nobody knows', ['run', 'nobody-knows-me', '--wait'], /COLLECTOR_UNKNOWN/],
    ['a run that there is not', ['watch', 'b3f6bb62-97aa-4a44-90f7-0f8bd5f3ce11'], /./],
  ])('%s: exit code 1', async (_what, args, says) => {
    const { code, out, err } = await runCli(stack, ...args);

    expect(`${out}\n${err}`).toMatch(says);
    expect(`${out}\n${err}`).not.toMatch(/\n\s+at /);
    expect(code).toBe(1);
  });

  test.each([
    ['an option that there is not', ['run', 'orders', '--fast']],
    ['a moment that is none', ['run', 'orders', '--mode', 'backfill', '--from', 'yesterday']],
  ])('wrong usage, %s: exit code 2', async (_what, args) => {
    const runs = 'select count(*)::int as count from tidemark.collector_runs';
    const before = await stack.pool.query(runs);

    const { code, err } = await runCli(stack, ...args);

    expect(err).not.toBe('');
    expect(err).not.toMatch(/\n\s+at /);
    expect(code, err).toBe(2);
    expect((await stack.pool.query(runs)).rows).toEqual(before.rows);
  });
});
