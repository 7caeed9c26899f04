import { createServer } from 'node:http';
import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { createGuardedAgent, isRefusedAddress } from './guarded-agent.ts';
import { sendRequest } from './send-request.ts';

const agent = createGuardedAgent(2);
afterAll(async () => agent.destroy());

test.each([
  ['169.254.169.254', true],
  ['169.254.0.1', true],
  ['fe80::1', true],
  ['febf::1', true],
  ['::ffff:169.254.169.254', true],
  ['fd00:ec2::254', true],
  ['fd20:ce::254', true],
  ['64:ff9b::a9fe:a9fe', true],
  ['2002:a9fe:a9fe::1', true],
  ['::169.254.169.254', true],
  ['100.100.100.200', true],
  ['192.0.0.192', true],
  ['fd00:c1::a9fe:a9fe', true],
  ['127.0.0.1', false],
  ['::1', false],
  ['10.1.2.3', false],
  ['192.168.0.1', false],
  ['fd12:3456::1', false],
  ['api.example.com', false],
])('%s is refused: %s', (address, refused) => {
  expect(isRefusedAddress(address)).toBe(refused);
});

function send(url: string, dispatcher = agent) {
  const options = { dispatcher, timeoutMs: 2_000, maxBytes: 1_000 };
  const signal = new AbortController().signal;
  return sendRequest({ method: 'GET', url: new URL(url), headers: {} }, { ...options, signal });
}

test.each([
  'http://169.254.169.254/latest/meta-data',
  'https://169.254.169.254/',
  'http://[fe80::1]/',
  'http://[::ffff:a9fe:a9fe]/',
  // The URL standard makes dotted decimals of all of these.
  'http://0xA9FEA9FE/',
  'http://2852039166/',
  'http://025177524776/',
  'http://0251.0376.0251.0376/',
  'http://169.16689662/',
  'http://169.254.169.254./',
  'http://１６９。２５４。１６９。２５４/',
  'http://[fd00:ec2::254]/',
])('%s is not asked', async (url) => {
  expect(await send(url)).toMatchObject({ kind: 'forbidden' });
});

test('a name that stands for such an address is not asked, whatever else it stands for', async () => {
  const cloud = createGuardedAgent(1, (_hostname, _options, callback) => {
    const addresses = ['127.0.0.1', '169.254.169.254'];
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  });
  onTestFinished(async () => cloud.destroy());

  const failure = await send('http://metadata.example.com/', cloud);

  expect(failure).toEqual({
    kind: 'forbidden',
    reason: 'the address 169.254.169.254 of metadata.example.com is not for sources',
  });
});

test('names are resolved as usual', async () => {
  const server = createServer((_, response) => void response.end('here'));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close().closeAllConnections();
  });

  const answer = await send(`http://localhost:${(server.address() as AddressInfo).port}/`);

  expect(answer).toMatchObject({ status: 200, text: 'here' });
});

test('no source is spoken to over HTTP/2, where a body that was broken off would pass for a whole one', async () => {
  const hello = Promise.withResolvers<Buffer>();
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (bytes) => {
      hello.resolve(bytes);
      socket.destroy();
    });
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  onTestFinished(() => void server.close());

  await send(`https://localhost:${(server.address() as AddressInfo).port}/`);

  // The extension with the protocols that the client speaks (RFC 7301): this one alone.
  const onlyHttp1 = Buffer.from('\0\x10\0\x0b\0\x09\x08http/1.1', 'latin1');
  expect((await hello.promise).includes(onlyHttp1)).toBe(true);
});
