import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { registry } from '@tidemark/collectors';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
});
afterAll(() => harness[Symbol.asyncDispose]());

function startProcess(env: Record<string, string>) {
  const args = ['--import', '@tidemark/telemetry/register', 'src/main.ts'];
  const child = spawn(process.execPath, args, {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: {
      PATH: process.env['PATH'] ?? '',
      DATABASE_URL: harness.database.url,
      NATS_URL: harness.nats.url,
      TIDEMARK_SWEEP_MS: '200',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return { child, lines, exited: once(child, 'exit') };
}

test('the service as a process registers the built-in collectors, plans a run in one trace, and stops on SIGTERM', async () => {
  const { child, lines, exited } = startProcess({});
  const ready = await waitFor(() => lines.find((line) => line.includes('"msg":"ready"')), {
    what: 'the line that says ready',
  });
  const { http } = JSON.parse(ready) as { http: string };

  expect((await fetch(`${http}/readyz`)).status).toBe(200);
  const collectors = await harness.pool.query(
    'select name, status, error_message from tidemark.collectors order by name',
  );
  for (const { name } of registry.definitions) {
    expect(collectors.rows).toContainEqual({ name, status: 'ready', error_message: null });
  }
  await harness.command('run', 'usgs-earthquakes');
  const answer = await harness.answer('usgs-earthquakes');
  const tasks = await waitFor(
    async () => {
      const all = await harness.tasks();
      return all.length > 0 ? all : undefined;
    },
    { what: 'the first tasks' },
  );
  child.kill('SIGTERM');

  expect(await exited).toEqual([0, null]);
  expect(answer).toMatchObject({ outcome: 'accepted', reasons: [] });
  expect(tasks.every(({ runId }) => runId === answer.run_id)).toBe(true);
  const { rows } = await harness.pool.query(
    `select r.traceparent, r.trace_id, bool_and(c.straight) as straight
       from tidemark.collector_runs r join tidemark.chunks c on c.run_id = r.id
      group by r.id`,
  );
  expect(rows).toMatchObject([
    { straight: true, trace_id: expect.stringMatching(/^[0-9a-f]{32}$/) },
  ]);
  const published = await harness.bus.jsm.streams.getMessage('EXTRACT_LIVE', { seq: 1 });
  expect(published?.header.get('traceparent')).toContain(rows[0].trace_id);
});

test('a folder that is not there is told, and the process ends', async () => {
  const { lines, exited } = startProcess({ TIDEMARK_COLLECTORS_DIR: '/no/such/folder' });

  expect(await exited).toEqual([1, null]);
  expect(lines.join('\n')).toMatch(/TIDEMARK_COLLECTORS_DIR/);
});
