import { revisionOf } from '@tidemark/collector-sdk';
import { defineCollector } from '@tidemark/collector-sdk/define';
import { expect, test } from 'vitest';
import { originOf } from './origin.ts';

const builtIn = defineCollector({
  name: 'things',
  source: { name: 'src', baseUrl: 'https://example.org' },
  request: { path: '/x' },
  incremental: { kind: 'full' },
  target: { kind: 'raw', table: 'things' },
});

test.each([
  ['things', revisionOf(builtIn), 'built-in'],
  ['things', '0123456789abcdef', 'file'],
  ['things', null, null],
  ['others', '0123456789abcdef', 'file'],
  ['others', null, 'file'],
])('%s with the revision %s comes from: %s', (name, revision, origin) => {
  expect(originOf({ name, revision }, [builtIn])).toBe(origin);
});
