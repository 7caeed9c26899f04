import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freshDatabase, freshNats, waitFor } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CliResult, runInTest } from './run-in-test.ts';

const stack = new AsyncDisposableStack();
let pool: pg.Pool;
let env: NodeJS.ProcessEnv;

const cli = (...args: string[]): Promise<CliResult> => runInTest(args, env);

function definition(name: string, schedule: string): string {
  return `name: ${name}
source: { name: src, baseUrl: http://127.0.0.1:9 }
request: { path: /x }
incremental: { kind: full }
target: { kind: raw, table: ${name} }
${schedule}`;
}

/** Nothing but the watermark service: runs that it plans stay active. */
beforeAll(async () => {
  const database = stack.use(await freshDatabase());
  const nats = await freshNats();
  stack.defer(() => nats.stop());
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-cli-'));
  stack.defer(() => rm(folder, { recursive: true }));
  pool = database.pool();
  env = { DATABASE_URL: database.url, NATS_URL: nats.url };
  const everySecond = `schedule: { cron: '* * * * * *' }\n`;
  await writeFile(join(folder, 'manual.yaml'), definition('manual', ''));
  await writeFile(join(folder, 'one.yaml'), definition('one', everySecond));
  await writeFile(join(folder, 'two.yaml'), definition('two', everySecond));
  await writeFile(join(folder, 'broken.yaml'), 'name: broken\nsource: 1\n');
  const service = spawn(process.execPath, ['src/main.ts'], {
    cwd: fileURLToPath(new URL('../../services/watermark', import.meta.url)),
    env: {
      ...env,
      PATH: process.env['PATH'],
      TIDEMARK_COLLECTORS_DIR: folder,
      TIDEMARK_SWEEP_MS: '200',
      TIDEMARK_LOG_LEVEL: 'silent',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const exited = once(service, 'exit');
  stack.defer(async () => {
    service.kill('SIGTERM');
    await exited;
  });
  await waitFor(
    async () => {
      const { rows } = await pool.query(
        `select from tidemark.collectors
          where name in ('manual', 'one', 'two') and status = 'ready' or name = 'broken'`,
      );
      return rows.length === 4;
    },
    { what: 'the collectors to be registered', timeoutMs: 50_000 },
  );
});

afterAll(async () => {
  await stack[Symbol.asyncDispose]();
});

async function ticksOf(name: string): Promise<number> {
  const { rows } = await pool.query(
    `select count(*)::integer as n from tidemark.commands where collector_name = $1 and payload like '%schedule%'`,
    [name],
  );
  return rows[0].n;
}

async function twoMoreTicksOf(name: string): Promise<void> {
  const before = await ticksOf(name);
  await waitFor(async () => (await ticksOf(name)) >= before + 2, { what: `ticks of ${name}` });
}

test('a disabled collector refuses commands, those that wait too, until it is enabled', async () => {
  const first = await cli('run', 'manual', '--json');
  const second = await cli('run', 'manual', '--json');
  const disabled = await cli('collectors', 'disable', 'manual');
  const refused = await cli('run', 'manual');
  const cancelled = await cli('cancel', 'manual', '--json');
  const answered = await waitFor(
    async () => {
      const { rows } = await pool.query(
        `select outcome, reasons from tidemark.commands where id = $1 and outcome <> 'queued'`,
        [JSON.parse(second.out).id],
      );
      return rows[0] as object | undefined;
    },
    { what: 'the answer to the command that waits' },
  );
  await cli('collectors', 'enable', 'manual');
  const again = await cli('run', 'manual', '--json');

  expect(JSON.parse(first.out)).toMatchObject({ outcome: 'accepted' });
  expect(JSON.parse(second.out)).toMatchObject({ outcome: 'queued' });
  expect(disabled.code).toBe(0);
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toContain('COLLECTOR_DISABLED');
  expect(JSON.parse(cancelled.out)).toMatchObject({ outcome: 'accepted' });
  expect(answered).toEqual({
    outcome: 'refused',
    reasons: [expect.stringContaining('COLLECTOR_DISABLED')],
  });
  expect(JSON.parse(again.out)).toMatchObject({ outcome: 'accepted' });
});

test('disable and enable say what that means, and may be repeated', async () => {
  const disabled = await cli('collectors', 'disable', 'two');
  const again = await cli('collectors', 'disable', 'two', '--json');
  const enabled = await cli('collectors', 'enable', 'two');
  const { rows } = await pool.query<{ verb: string; outcome: string }>(
    `select verb, outcome from tidemark.commands
      where collector_name = 'two' and verb in ('enable', 'disable') order by received_at`,
  );

  expect(disabled).toMatchObject({ code: 0, err: '' });
  expect(disabled.out).toContain('Its schedule (* * * * * *) starts nothing.');
  expect(disabled.out).toContain('COLLECTOR_DISABLED');
  expect(again.code).toBe(0);
  expect(JSON.parse(again.out)).toMatchObject({ name: 'two', enabled: false, status: 'ready' });
  expect(JSON.parse(again.out)).not.toHaveProperty('definition');
  expect(enabled.out).toContain('Commands to run it are accepted.');
  expect(rows).toEqual([
    { verb: 'disable', outcome: 'accepted' },
    { verb: 'disable', outcome: 'skipped' },
    { verb: 'enable', outcome: 'accepted' },
  ]);
});

test('enabling what has no valid definition does not promise anything', async () => {
  const { code, out } = await cli('collectors', 'enable', 'broken');

  expect(code).toBe(0);
  expect(out).toContain('still refused: broken.yaml: ');
});

test('the schedule of a disabled collector does nothing, that of another goes on', async () => {
  await twoMoreTicksOf('one');
  await cli('collectors', 'disable', 'one');
  await twoMoreTicksOf('two');
  const whenDisabled = await ticksOf('one');
  await twoMoreTicksOf('two');

  expect(await ticksOf('one')).toBe(whenDisabled);
  await cli('collectors', 'enable', 'one');
  await twoMoreTicksOf('one');
});
