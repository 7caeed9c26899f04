import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findAddresses } from './config.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tidemark-cli-'));
});

afterEach(() => {
  rmSync(root, { recursive: true });
});

function writeStack(folder: string, pid: number, databaseUrl = 'postgres://stack/db'): void {
  mkdirSync(join(root, folder), { recursive: true });
  const stack = { databaseUrl, natsUrl: 'nats://stack', owner: { pid } };
  writeFileSync(join(root, folder, 'stack.json'), JSON.stringify(stack));
}

/** Numbers of processes are smaller than this. */
const nobody = 2 ** 30;

test('the environment goes before the local stack, one address at a time', () => {
  writeStack('.tidemark', process.pid);

  const addresses = findAddresses({ DATABASE_URL: 'postgres://mine/db' }, root);

  expect(addresses.databaseUrl()).toBe('postgres://mine/db');
  expect(addresses.natsUrl()).toBe('nats://stack');
});

test('the stack is found from a folder below the project', () => {
  writeStack('.tidemark', process.pid);
  mkdirSync(join(root, 'services', 'loader'), { recursive: true });

  const addresses = findAddresses({}, join(root, 'services', 'loader'));

  expect(addresses.databaseUrl()).toBe('postgres://stack/db');
});

test('the stack that a killed process has left behind is not used, that of a running demo is', () => {
  writeStack('.tidemark', nobody);
  writeStack('.tidemark/demo', process.pid, 'postgres://demo/db');

  expect(findAddresses({}, root).databaseUrl()).toBe('postgres://demo/db');
});

test('a stack that still starts has no address, and none is made up', () => {
  writeStack('.tidemark', process.pid, '');

  expect(() => findAddresses({}, root).databaseUrl()).toThrow(/No DATABASE_URL is set.*npm start/);
});

test('without any address the error says what to do', () => {
  writeStack('.tidemark', nobody);

  expect(() => findAddresses({ NATS_URL: ' ' }, root).natsUrl()).toThrow(
    /No NATS_URL is set.*npm start/,
  );
});
