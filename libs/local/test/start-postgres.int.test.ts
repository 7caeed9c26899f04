import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { identifyProcess, startPostgres } from '../src/index.ts';
import { query, temporaryFolder } from './servers.ts';

const log = (): void => undefined;

test('keeps its data over stop, kill -9 and restart, on one port', async () => {
  using folder = temporaryFolder();
  await using server = await startPostgres({ folder: folder.path, log });
  const { url, pid } = server;
  await query(url, 'create table kept (id int)');

  await server.kill();
  await expect(query(url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
  await server.restart();

  expect(server.url).toBe(url);
  expect(server.pid).not.toBe(pid);
  expect(await query(url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);

  await server.stop();
  expect(identifyProcess(server.pid)).toBeUndefined();
  await using second = await startPostgres({ folder: folder.path, log });
  expect(await query(second.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
});

test('stores UTF-8, compares bytes, and syncs unless told not to', async () => {
  using folder = temporaryFolder();
  await using server = await startPostgres({ folder: folder.path, log });

  const rows = await query(
    server.url,
    `select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
            current_setting('server_version_num')::int / 10000 as version, datcollate as collation
       from pg_database where datname = current_database()`,
  );

  expect(rows).toEqual([{ encoding: 'UTF8', fsync: 'on', version: 18, collation: 'C' }]);
});

test('starts the older version too, beside the newer one', async () => {
  using folder = temporaryFolder();
  await using old = await startPostgres({ folder: folder.path, version: 15, fsync: false, log });

  const rows = await query(
    old.url,
    `select current_setting('server_version_num')::int / 10000 as version, current_setting('fsync') as fsync`,
  );

  expect(rows).toEqual([{ version: 15, fsync: 'off' }]);
});

test('a port that is taken is told, with the place of the log', async () => {
  using folder = temporaryFolder();
  await using server = await startPostgres({ folder: join(folder.path, 'one'), log });

  const second = startPostgres({ folder: join(folder.path, 'two'), port: server.port, log });

  await expect(second).rejects.toThrow(/did not start on port \d+; its log tells why: .*\.log/);
  expect(await query(server.url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test.runIf(process.getuid?.() === 0)(
  'below a folder that its user cannot pass, data goes elsewhere and is found again',
  async () => {
    using outer = temporaryFolder();
    chmodSync(outer.path, 0o700);
    const folder = join(outer.path, 'state');
    const said: string[] = [];
    const first = await startPostgres({ folder, log: (sentence) => said.push(sentence) });
    await query(first.url, 'create table kept (id int)');
    await first.stop();

    const second = await startPostgres({ folder, log: (sentence) => said.push(sentence) });

    expect(await query(second.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
    await second.stop();
    const home = /keeps its data in (\S+):/.exec(said.join('\n'))?.[1] ?? '';
    expect(said).toHaveLength(1);
    rmSync(home, { recursive: true });
  },
);
