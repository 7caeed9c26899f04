import { registry } from '@tidemark/collectors';
import { expect, test } from 'vitest';
import { checkFiles } from './check-files.ts';
import { pageKinds, skeleton } from './skeleton.ts';

test.each(pageKinds)('the skeleton for pages of kind %s is valid as it is', (kind) => {
  const text = skeleton({ name: 'my-api', kind, schema: undefined });

  expect(checkFiles([{ file: 'my-api.yaml', text }], registry)).toEqual([
    { file: 'my-api.yaml', name: 'my-api', mistakes: [] },
  ]);
});

test.each(pageKinds)('what it offers in comments is valid, too: %s', (kind) => {
  const text = skeleton({ name: 'my-api', kind, schema: undefined })
    .replaceAll(/^( *)# (?=(auth|partitions|query|totalPages|width|schedule):|  - \{)/gm, '$1')
    .replace('/v1/records', '/v1/{region}/records');

  expect(text).toMatch(/^partitions:\n {2}- /m);
  expect(text).toMatch(/^schedule:/m);
  expect(text).toMatch(/^ {2}auth:/m);
  expect(checkFiles([{ file: 'a.yaml', text }], registry)).toMatchObject([{ mistakes: [] }]);
});

test.each(['true', 'null', '7', '1e5', '0x1f', '2024-01-01', '7-days', 'a--b'])(
  'the name %s stays a name',
  (name) => {
    const text = skeleton({ name, kind: 'page', schema: undefined });

    expect(checkFiles([{ file: 'a.yaml', text }], registry)).toMatchObject([
      { name, mistakes: [] },
    ]);
  },
);

test('its first line tells editors where the schema is', () => {
  const text = skeleton({ name: 'a', kind: 'none', schema: '../docs/definition.schema.json' });

  expect(text.split('\n')[0]).toBe(
    '# yaml-language-server: $schema=../docs/definition.schema.json',
  );
});
