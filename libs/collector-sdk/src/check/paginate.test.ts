import { expect, test } from 'vitest';
import { Definition } from '../definition/definition.ts';
import { HttpRequest } from '../definition/request.ts';
import { checkPaginate } from './paginate.ts';

const size = { param: 'n', value: 10 };
const sectionsOf = (paginate: unknown, request: object = {}) => ({
  paginate: Definition.shape.paginate.parse(paginate),
  request: HttpRequest.parse({ path: '/', ...request }),
});
const paths = (paginate: unknown, request?: object): string[] =>
  checkPaginate(sectionsOf(paginate, request)).map(({ path }) => path);

test.each([
  [{ kind: 'none' }],
  [{ kind: 'page', totalPages: 'p', width: 4 }],
  [{ kind: 'offset', size, totalRecords: { header: 'X-Total' }, width: 4 }],
  [{ kind: 'offset', size, drift: { by: 'overlap', records: 9 } }],
  [{ kind: 'page', totalRecords: 't', drift: { by: 'total' }, maxDepth: { pages: 3 } }],
  [{ kind: 'link', maxDepth: { records: 1 } }],
  [{ kind: 'keyset', after: { after_id: 'id' } }],
])('%j fits together', (paginate) => {
  expect(paths(paginate)).toEqual([]);
});

test.each([
  [{ kind: 'page', width: 2 }, ['paginate.width']],
  [{ kind: 'offset', size, width: 2, more: 'm' }, ['paginate.width']],
  [{ kind: 'page', totalPages: 'p', totalRecords: 't' }, ['paginate.totalRecords']],
  [{ kind: 'page', totalPages: 'p', more: 'm' }, ['paginate.more']],
  [{ kind: 'page', totalPages: 'p', width: 2, drift: { by: 'total' } }, ['paginate.drift']],
  [{ kind: 'page', drift: { by: 'total' } }, ['paginate.drift']],
  [{ kind: 'offset', size, drift: { by: 'overlap', records: 10 } }, ['paginate.drift.records']],
  [{ kind: 'link', maxDepth: {} }, ['paginate.maxDepth']],
  [{ kind: 'keyset', after: {} }, ['paginate.after']],
  [{ kind: 'keyset', size, after: { since: 't', n: 'id' } }, ['paginate.after.n']],
])('%j does not: %j', (paginate, expected) => {
  expect(paths(paginate)).toEqual(expected);
});

test('only headers can be looked at where the body is no JSON', () => {
  const csv = { decoder: { kind: 'csv' } };

  expect(paths({ kind: 'cursor', param: 'c', next: 'meta.next' }, csv)).toEqual(['paginate']);
  expect(paths({ kind: 'cursor', param: 'c', next: { header: 'X-Next' } }, csv)).toEqual([]);
});
