import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { freshDatabase } from '@tidemark/testkit';
import { expect, test } from 'vitest';

async function exitOfMigrate(env: Record<string, string>): Promise<unknown> {
  const child = spawn(process.execPath, ['src/migrate.ts'], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { PATH: process.env['PATH'] ?? '', TIDEMARK_LOG_LEVEL: 'silent', ...env },
    stdio: 'inherit',
  });
  return once(child, 'exit');
}

test('the step of a deployment makes the schema and ends; without an address it fails', async () => {
  await using database = await freshDatabase();
  const pool = database.pool();
  await pool.query('drop schema tidemark cascade');

  const exit = await exitOfMigrate({ DATABASE_URL: database.url });
  const { rows } = await pool.query(`select to_regclass('tidemark.batches') is not null as made`);
  const without = await exitOfMigrate({});

  expect(exit).toEqual([0, null]);
  expect(without).toEqual([1, null]);
  expect(rows).toEqual([{ made: true }]);
});
