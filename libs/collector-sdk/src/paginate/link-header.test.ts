import { expect, test } from 'vitest';
import { findLink } from './link-header.ts';

test.each([
  ['<http://a/?page=2>; rel="next"', 'http://a/?page=2'],
  ['<http://a/?page=1>; rel="prev", <http://a/?page=3>; rel="next"', 'http://a/?page=3'],
  ['<http://a/?q=a,b;c>; rel=next', 'http://a/?q=a,b;c'],
  ['<two>;rel=next', 'two'],
  ['<two> ; REL = "Next"', 'two'],
  ['<two>; rel="last next"', 'two'],
  ['<two>; title="a, <b>; rel=\\"next\\""; rel="other"', undefined],
  ['<one>; title="so, \\"next\\""; rel=prev, <two>; rel=next; title=x', 'two'],
  ['<one>; rel="prev"; rel="next"', undefined],
  ['<one>; rel="nextish"', undefined],
  ['<one>', undefined],
  ['', undefined],
  ['no link at all; rel="next"', undefined],
])('%s names %s', (header, target) => {
  expect(findLink(header, 'next')).toBe(target);
});
