import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findNatsServer, startNats } from '../src/index.ts';
import { countMessages, makeStream, natsBinary, temporaryFolder } from './servers.ts';

test('a stream outlives kill -9 and restart, on one port', async () => {
  using folder = temporaryFolder();
  await using server = await startNats({ binary: await natsBinary(), storeFolder: folder.path });
  const { url, pid } = server;
  await makeStream(url, 'KEPT');

  await server.kill();
  await server.restart();

  expect(server.url).toBe(url);
  expect(server.pid).not.toBe(pid);
  expect(await countMessages(url, 'KEPT')).toBe(1);
});

test('a second start on the folder finds the stream of the first', async () => {
  using folder = temporaryFolder();
  const options = { binary: await natsBinary(), storeFolder: folder.path };
  const first = await startNats(options);
  await makeStream(first.url, 'KEPT');
  await first.stop();

  await using second = await startNats(options);

  expect(await countMessages(second.url, 'KEPT')).toBe(1);
});

test('monitoring answers and further configuration is heeded', async () => {
  using folder = temporaryFolder();
  await using server = await startNats({
    binary: await natsBinary(),
    storeFolder: folder.path,
    monitor: true,
    configLines: 'max_payload: 65536',
  });

  const answer = await fetch(`${server.monitorUrl}/varz`);

  expect(await answer.json()).toMatchObject({ max_payload: 65_536, host: '127.0.0.1' });
});

test('a configuration that the server refuses is told, with the place of the log', async () => {
  using folder = temporaryFolder();
  const start = startNats({
    binary: await natsBinary(),
    storeFolder: folder.path,
    configLines: 'max_payload: {',
  });

  await expect(start).rejects.toThrow(/nats-server did not start .*nats-server\.log/);
});

test('the program on the given path is preferred to a download', async () => {
  using folder = temporaryFolder();
  const binary = await natsBinary();
  const search = { cacheFolder: join(folder.path, 'empty'), log: () => undefined };

  const found = await findNatsServer({ ...search, path: join(binary, '..') });

  expect(found).toBe(binary);
});
