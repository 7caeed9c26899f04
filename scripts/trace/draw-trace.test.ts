import { expect, test } from 'vitest';
import { drawTrace } from './draw-trace.ts';
import type { Span } from './span.ts';

function aSpan(given: Partial<Span> & Pick<Span, 'spanId' | 'name'>): Span {
  return {
    traceId: 't',
    parentSpanId: '',
    service: 'tidemark-extractor',
    startNs: 0n,
    endNs: 1_000_000n,
    attributes: {},
    isError: false,
    ...given,
  };
}

function linesOf(...args: Parameters<typeof drawTrace>): string[] {
  return drawTrace(...args).split('\n');
}

test('children stand below their parent in the order in which they began', () => {
  const lines = linesOf([
    aSpan({
      spanId: 'c',
      parentSpanId: 'a',
      name: 'second',
      startNs: 3_000_000n,
      endNs: 5_500_000n,
    }),
    aSpan({
      spanId: 'b',
      parentSpanId: 'a',
      name: 'first',
      startNs: 2_000_000n,
      endNs: 3_000_000n,
    }),
    aSpan({ spanId: 'a', name: 'root', startNs: 1_000_000n, endNs: 9_000_000n }),
  ]);

  expect(lines[0]).toMatch(/^root {2}\(extractor\) +\+0\.0 ms +8\.0 ms$/);
  expect(lines[1]).toMatch(/^├─ first {2}\(extractor\) +\+1\.0 ms +1\.0 ms$/);
  expect(lines[2]).toMatch(/^└─ second {2}\(extractor\) +\+2\.0 ms +2\.5 ms$/);
});

test('a span whose parent has not arrived is a root', () => {
  const lines = linesOf([aSpan({ spanId: 'x', parentSpanId: 'elsewhere', name: 'orphan' })]);

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/^orphan/);
});

test('what is below a hidden span moves up', () => {
  const lines = linesOf(
    [
      aSpan({ spanId: 'a', name: 'root' }),
      aSpan({ spanId: 'b', parentSpanId: 'a', name: 'pool.connect' }),
      aSpan({ spanId: 'c', parentSpanId: 'b', name: 'query' }),
    ],
    { hides: (span) => span.name === 'pool.connect' },
  );

  expect(lines.map((line) => line.slice(0, 10))).toEqual(['root  (ext', '└─ query  ']);
});

test('sisters of one name are drawn twice and then counted', () => {
  const sisters = [1n, 2n, 3n, 4n, 5n].map((n) =>
    aSpan({ spanId: `s${n}`, parentSpanId: 'a', name: 'process', startNs: n }),
  );

  const lines = linesOf([aSpan({ spanId: 'a', name: 'root' }), ...sisters]);

  expect(lines).toHaveLength(4);
  expect(lines[3]).toBe('└─ … 3 more × process');
});

test('a chain of pages is drawn once and the rest of it counted', () => {
  const pages = Array.from({ length: 50 }, (_, n) => [
    aSpan({
      spanId: `p${n}`,
      parentSpanId: `q${n - 1}`,
      name: 'process page',
      startNs: BigInt(2 * n),
    }),
    aSpan({
      spanId: `q${n}`,
      parentSpanId: `p${n}`,
      name: 'publish page',
      startNs: BigInt(2 * n + 1),
    }),
  ]).flat();

  const lines = linesOf(pages);

  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe('   └─ … the same for the next 49 × process page, 98 spans in all');
});

test('the same name in another service is no repetition', () => {
  const lines = linesOf([
    aSpan({ spanId: 'a', name: 'GET' }),
    aSpan({ spanId: 'b', parentSpanId: 'a', name: 'GET', service: 'tidemark-loader' }),
  ]);

  expect(lines[1]).toMatch(/^└─ GET {2}\(loader\)/);
});

test('a long label is cut and an error is marked', () => {
  const lines = linesOf([aSpan({ spanId: 'a', name: 'n'.repeat(200), isError: true })], {
    width: 60,
  });

  expect(lines[0]?.startsWith('✗ nnn')).toBe(true);
  expect(lines[0]?.length).toBe(60);
});
