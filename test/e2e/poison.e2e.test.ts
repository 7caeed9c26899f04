import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSame, ordersYaml, someOrders } from './stack/orders.ts';
import { runCli } from './stack/run-cli.ts';
import { startTestStack, type RunRow, type TestStack } from './stack/test-stack.ts';

interface Letter {
  readonly id: string;
  readonly kind: string;
  readonly code: string;
  readonly reason: string;
  readonly status: string;
  readonly replays: number;
  readonly replay_run_id: string | null;
  readonly note: string | null;
  readonly payload: string;
}

interface Waits {
  readonly waits: readonly { collector_name: string; code: string; reason: string }[];
}

const rule = `
transform:
  rules: [{ field: name, rule: regex, pattern: '^[^!]*$' }]
`;
const most = 'limits: { maxRejects: 0.5 }\n';
const MANY = 10_000;
/** Of a thousand, and of the first twenty. */
const [BAD, MENDED] = [300, 6];

let stack: TestStack;
const sources = new Map<string, RecordsSimulator>();

beforeAll(async () => {
  const bad = someOrders(1_000).map((order) =>
    order.id % 10 < 3 ? { ...order, name: `${order.name}!` } : order,
  );
  const rows = {
    many: someOrders(MANY).map((order) =>
      order.id === 4711 ? { ...order, amount: 'gone fishing' } : order,
    ),
    ruled: bad,
    strict: bad,
    refused: someOrders(50),
    broken: someOrders(40),
    deadly: someOrders(100),
    neighbour: someOrders(60),
  };
  for (const [name, given] of Object.entries(rows)) {
    sources.set(name, await startRecords({ rows: given }));
  }
  const definition = (name: string, more = '', pageSize = 20): string =>
    ordersYaml(sourceOf(name).url, { name, more, pageSize });
  stack = await startTestStack({
    definitions: {
      'many.yaml': definition('many', '', 1_000),
      'ruled.yaml': definition('ruled', rule + most, 200),
      'strict.yaml': definition('strict', rule, 200),
      'refused.yaml': definition('refused'),
      'broken.yaml': definition('broken'),
      'deadly.yaml': definition('deadly'),
      'neighbour.yaml': definition('neighbour'),
    },
    env: { TIDEMARK_ACK_WAIT_MS: '1000' },
    envOf: { loader: { TIDEMARK_POISON_DELIVERIES: '4' } },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  for (const source of sources.values()) await source.stop();
});

function sourceOf(name: string): RecordsSimulator {
  const source = sources.get(name);
  if (!source) throw new Error(`no source ${name}`);
  return source;
}

async function cli<T>(...args: readonly string[]): Promise<T> {
  const { code, out, err } = await runCli(stack, ...args, '--json');
  expect(code, `${args.join(' ')}\n${out}\n${err}`).toBe(0);
  return JSON.parse(out) as T;
}

async function lettersOf(collector: string, status = 'open'): Promise<Letter[]> {
  const { rows } = await stack.pool.query<Letter>(
    `select id::text, kind, code, reason, status, replays, replay_run_id, note, payload
       from tidemark.dead_letters where collector_name = $1 and status = $2 order by id`,
    [collector, status],
  );
  return rows;
}

/** Replays in the way of the command line, without its process. */
async function replay(collector: string, which: object): Promise<RunRow> {
  const runId = crypto.randomUUID();
  await stack.command(`tidemark.command.replay.${collector}`, { ...which, runId });
  return stack.ended(runId);
}

async function onlyLetter(collector: string): Promise<Letter> {
  const [letter, ...others] = await lettersOf(collector);
  if (!letter || others.length > 0) throw new Error(`${collector} has not one dead letter`);
  return letter;
}

/** What every service has logged. */
function allLogs(): string {
  return ['watermark', 'extractor', 'transformer', 'loader']
    .flatMap((id) => stack.logs(id))
    .join('\n');
}

describe('one bad record of ten thousand', () => {
  test('costs itself, and is kept with its reason; no log has it', async () => {
    const run = await stack.run('many');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_processed: MANY,
      records_inserted: MANY - 1,
      records_rejected: 1,
    });
    const [letter, ...others] = await cli<Letter[]>('dead-letters', 'list', '--reason', 'amount');
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      collector_name: 'many',
      kind: 'record',
      code: 'RECORD_INVALID',
      status: 'open',
    });
    const shown = await runCli(stack, 'dead-letters', 'show', letter?.id ?? '');
    expect(shown.out).toContain('"amount":"gone fishing"');
    expect(shown.out).toContain(run.id);
    expect(allLogs()).not.toContain('gone fishing');
  });

  test('is replayed as it was edited, once, by a run of its own', async () => {
    const { id } = await onlyLetter('many');
    sourceOf('many').control.upsert(someOrders(MANY).filter((order) => order.id === 4711));

    await cli('dead-letters', 'edit', id, '--set', 'amount="4711.10"');
    const run = await cli<RunRow>('dead-letters', 'replay', id, '--wait');

    expect(run).toMatchObject({
      mode: 'replay',
      status: 'success',
      records_processed: 1,
      records_inserted: 1,
    });
    await expectSame(stack.pool, sourceOf('many'), 'many');
    const { rows } = await stack.pool.query(
      `select d.status, d.replays, d.replay_run_id, d.payload, d.original_payload, r.parent_run_id = d.run_id as is_child
         from tidemark.dead_letters d join tidemark.collector_runs r on r.id = d.replay_run_id
        where d.id = $1`,
      [id],
    );
    expect(rows).toEqual([
      {
        status: 'replayed',
        replays: 1,
        replay_run_id: run.id,
        payload: expect.stringContaining('"amount":"4711.10"'),
        original_payload: expect.stringContaining('"amount":"gone fishing"'),
        is_child: true,
      },
    ]);
    const again = await runCli(stack, 'dead-letters', 'replay', id);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining(`${id} is replayed`) });
  });
});

describe('thirty bad records of a hundred', () => {
  test('fail their run where that is more than the definition allows, and it says so', async () => {
    const run = await stack.run('strict');

    expect(run).toMatchObject({ status: 'failed' });
    expect(run.error_message).toBe(
      "REJECTS_EXCEEDED: more than 20 % of the chunk's records were rejected; see its dead letters",
    );
    const { rows } = await stack.pool.query(
      `select covered = '{}' as is_open from tidemark.watermarks where collector_name = 'strict'`,
    );
    expect(rows).toEqual([{ is_open: true }]);
  });

  test('are replayed when the rule is mended, and overwrite nothing that is newer', async () => {
    const source = sourceOf('ruled');
    const first = await stack.run('ruled');
    expect(first).toMatchObject({ status: 'success', records_rejected: BAD });
    // What the source mends by itself comes with the next run.
    source.control.upsert(
      someOrders(20, 1, new Date().toISOString()).map((order) => ({ ...order, name: 'new' })),
    );
    expect(await stack.run('ruled')).toMatchObject({ status: 'success', records_inserted: MENDED });

    const revision = `select revision from tidemark.collectors where name = 'ruled'`;
    const before = (await stack.pool.query(revision)).rows;
    await stack.define('ruled.yaml', ordersYaml(source.url, { name: 'ruled', more: most }));
    await waitFor(
      async () =>
        JSON.stringify((await stack.pool.query(revision)).rows) !== JSON.stringify(before),
      { what: 'the definition without the rule' },
    );
    const run = await replay('ruled', { ofRun: first.id });

    expect(run).toMatchObject({
      status: 'success',
      mode: 'replay',
      records_processed: BAD,
      records_inserted: BAD - MENDED,
      records_stale: MENDED,
    });
    await expectSame(stack.pool, source, 'ruled');
    expect(await lettersOf('ruled')).toEqual([]);
  });
});

describe('rows that PostgreSQL refuses', () => {
  test('are found in their batch, and stay what they are while they are refused', async () => {
    const made = await stack.pool.query(`select to_regclass('public.refused') is not null as made`);
    expect(made.rows).toEqual([{ made: true }]);
    await stack.pool.query(`
      alter table refused add constraint lucky check (amount <> 13.10);
      create function refuse() returns trigger language plpgsql as $$
        begin
          raise exception 'not this one' using errcode = 'check_violation';
        end $$;
      create trigger refuse before insert on refused for each row when (new.id in (17, 23))
        execute function refuse();`);

    const run = await stack.run('refused');

    expect(run).toMatchObject({ status: 'success', records_inserted: 47, records_rejected: 3 });
    const letters = await lettersOf('refused');
    expect(letters.map(({ kind, code, reason }) => `${kind} ${code} ${reason}`).toSorted()).toEqual(
      [
        expect.stringMatching(/^row RECORD_REFUSED SQLSTATE 23514: .*"lucky"/),
        'row RECORD_REFUSED SQLSTATE 23514: not this one',
        'row RECORD_REFUSED SQLSTATE 23514: not this one',
      ],
    );
    const refused = await replay('refused', { ofRun: run.id });
    expect(refused).toMatchObject({ status: 'failed', records_rejected: 3 });
    expect(refused.error_message).toContain('REJECTS_EXCEEDED');
    expect(await lettersOf('refused')).toEqual(
      letters.map((letter) => ({
        ...letter,
        status: 'open',
        replays: 1,
        replay_run_id: expect.any(String),
      })),
    );
  });

  test('are loaded when nothing refuses them any more; one is discarded', async () => {
    await stack.pool.query(
      'drop trigger refuse on refused; alter table refused drop constraint lucky',
    );
    const [first, ...others] = await lettersOf('refused');
    const { id } = JSON.parse(first?.payload ?? '{}') as { id: string };
    sourceOf('refused').control.delete([id]);

    await cli('dead-letters', 'discard', first?.id ?? '', '--reason', 'sold out');
    const run = await replay('refused', { all: true });

    expect(run).toMatchObject({ status: 'success', records_inserted: others.length });
    await expectSame(stack.pool, sourceOf('refused'), 'refused');
    expect(await lettersOf('refused', 'discarded')).toEqual([
      expect.objectContaining({ id: first?.id, note: 'sold out' }),
    ]);
    expect(await lettersOf('refused')).toEqual([]);
  });
});

describe('a target without one of its columns', () => {
  test('is waited for, which the status tells, and nothing is a dead letter', async () => {
    await stack.pool.query('alter table broken rename column amount to price');

    const runId = await stack.startRun('broken');
    const waits = await waitFor(
      async () => {
        const status = await cli<Waits>('status');
        return status.waits.length > 0 ? status.waits : undefined;
      },
      { what: 'the status to tell of the wait' },
    );
    const neighbour = await stack.run('neighbour');

    expect(waits).toMatchObject([
      {
        collector_name: 'broken',
        code: 'TARGET_SCHEMA_MISMATCH',
        reason: expect.stringMatching(/SQLSTATE 42703: .*amount/),
      },
    ]);
    expect(neighbour).toMatchObject({ status: 'success', records_inserted: 60 });
    expect(await stack.findRun(runId)).toMatchObject({ status: 'running' });
    await stack.pool.query('alter table broken rename column price to amount');
    const run = await stack.ended(runId);
    expect(run).toMatchObject({ status: 'success', records_inserted: 40, records_rejected: 0 });
    await expectSame(stack.pool, sourceOf('broken'), 'broken');
    expect(await lettersOf('broken')).toEqual([]);
    expect((await cli<Waits>('status')).waits).toEqual([]);
  });
});

describe('a batch that ends its process each time', () => {
  test('is given up at last, its neighbours are loaded, and a replay reads it again', async () => {
    await stack.pool.query(`
      create function hold() returns trigger language plpgsql as $$
        begin
          perform pg_sleep(60);
          return new;
        end $$;
      create trigger hold before insert on deadly for each row when (new.id = 13)
        execute function hold();`);

    const runId = await stack.startRun('deadly');
    const kills = await killWhileHeld(runId);
    const run = await stack.ended(runId);

    expect(kills).toBe(3);
    expect(run, await stack.describe(runId)).toMatchObject({ status: 'failed' });
    expect(run.error_message).toContain('MESSAGE_POISON');
    const letter = await onlyLetter('deadly');
    expect(letter).toMatchObject({ kind: 'message', code: 'MESSAGE_POISON' });
    await stack.pool.query('drop trigger hold on deadly');
    expect(await replay('deadly', { letters: [letter.id] })).toMatchObject({
      status: 'success',
      mode: 'replay',
    });
    await expectSame(stack.pool, sourceOf('deadly'), 'deadly');
    expect(await lettersOf('deadly')).toEqual([]);
  });
});

/** Kills the loader each time that it is at the row that holds it, until it does not come to it any more. */
async function killWhileHeld(runId: string): Promise<number> {
  const endSession = `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`;
  for (let kills = 0; ; kills += 1) {
    const next = await waitFor(
      async () => {
        if (await stack.findRun(runId, 'completed_at is not null')) return 'ended';
        const { rowCount } = await stack.pool.query(
          `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
        );
        return rowCount === 1 ? 'held' : undefined;
      },
      { what: 'the loader to be held, or the run to end' },
    );
    if (next === 'ended') return kills;
    await stack.kill('loader');
    await stack.pool.query(endSession);
    await stack.start({ id: 'loader', service: 'loader' });
  }
}
