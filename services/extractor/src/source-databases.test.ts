import { Definition, isSql } from '@tidemark/collector-sdk';
import { compileQuery, createGuardedLookup, readSecrets } from '@tidemark/collector-sdk/source';
import { expect, test } from 'vitest';
import { SourceDatabases } from './source-databases.ts';

test('a name of a database that stands for the address of a metadata service is not connected to', async () => {
  const secrets = readSecrets({
    TIDEMARK_SECRET_DB: 'postgres://reader:pass@db.example.com/shop?sslmode=disable',
  });
  await using databases = new SourceDatabases(
    secrets,
    createGuardedLookup((_hostname, _options, callback) =>
      callback(null, [{ address: '169.254.169.254', family: 4 }]),
    ),
  );
  const definition = Definition.parse({
    name: 'shop',
    source: { kind: 'postgres', name: 'shop', secret: 'DB' },
    request: { kind: 'sql', sql: 'select 1 as id' },
    incremental: { kind: 'full' },
    target: { kind: 'table', table: 't', key: ['id'], fields: { id: { type: 'bigint' } } },
  });
  if (!isSql(definition)) throw new Error('no database');

  const { signal } = new AbortController();
  const reading = databases.read(compileQuery(definition), signal, async () => undefined);

  await expect(reading).rejects.toMatchObject({
    name: 'AddressRefusedError',
    message: 'the address 169.254.169.254 of db.example.com is not for sources',
  });
});
