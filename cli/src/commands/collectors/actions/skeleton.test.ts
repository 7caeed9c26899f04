import { registry } from '@tidemark/collectors';
import { expect, test } from 'vitest';
import { checkFiles } from './check-files.ts';
import { pageKinds } from './skeleton-parts/paging.ts';
import { strategies } from './skeleton-parts/strategies.ts';
import { skeleton, type SkeletonOptions } from './skeleton.ts';

const plain: SkeletonOptions = {
  name: 'my-api',
  source: 'http',
  strategy: 'cursor',
  pages: 'page',
  schema: undefined,
};
const ofApis = strategies.flatMap((strategy) =>
  pageKinds.map((pages) => ({ ...plain, strategy, pages })),
);
const ofDatabases = (['cursor', 'snapshot', 'full'] as const).map((strategy) => ({
  ...plain,
  source: 'postgres' as const,
  strategy,
}));
const all = [...ofApis, ...ofDatabases];

test.each(all)('the skeleton is valid as it is: $source $strategy $pages', (options) => {
  const text = skeleton(options);

  expect(checkFiles([{ file: 'my-api.yaml', text }], registry)).toEqual([
    { file: 'my-api.yaml', name: 'my-api', mistakes: [] },
  ]);
  expect(text).toMatch(new RegExp(`^  kind: ${options.strategy}$`, 'm'));
});

test.each(all)('what it offers in comments is valid, too: $source $strategy $pages', (options) => {
  const text = skeleton(options)
    .replaceAll(
      /^( *)# (?=(auth|partitions|query|totalPages|totalRecords|width|schedule):|  - \{)/gm,
      '$1',
    )
    .replace('/v1/records', '/v1/{region}/records')
    // What vanishes is looked for by partition, so a field has to tell it.
    .replace('deletions: mark', 'deletions: mark\n  scope: { region: name }');

  expect(text).toMatch(/^partitions:\n {2}- /m);
  expect(text).toMatch(/^schedule:/m);
  expect(checkFiles([{ file: 'a.yaml', text }], registry)).toMatchObject([{ mistakes: [] }]);
});

test.each(['true', 'null', '7', '1e5', '0x1f', '2024-01-01', '7-days', 'a--b'])(
  'the name %s stays a name',
  (name) => {
    for (const source of ['http', 'postgres'] as const) {
      const text = skeleton({ ...plain, source, name });

      expect(checkFiles([{ file: 'a.yaml', text }], registry)).toMatchObject([
        { name, mistakes: [] },
      ]);
    }
  },
);

test('its first line tells editors where the schema is', () => {
  const text = skeleton({ ...plain, schema: '../docs/definition.schema.json' });

  expect(text.split('\n')[0]).toBe(
    '# yaml-language-server: $schema=../docs/definition.schema.json',
  );
});
