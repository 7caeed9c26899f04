import { expect, test } from 'vitest';
import { Definition } from '../definition/definition.ts';
import { HttpRequest } from '../definition/request.ts';
import { checkAnswers } from './answers.ts';

const full = Definition.shape.incremental.parse({ kind: 'full' });

const paths = (request: object): string[] =>
  checkAnswers({
    request: HttpRequest.parse({ path: '/', ...request }),
    partitions: Definition.shape.partitions.parse([{ site: 'north' }]),
    incremental: full,
    source: Definition.shape.source.parse({ name: 'a', baseUrl: 'http://127.0.0.1' }),
  }).map(({ path }) => path);

test.each([
  [{ status: 404, action: 'ignore' }],
  [{ status: 400, body: 'slow', action: 'throttle', wait: '1m' }],
  [{ at: 'error.code', value: 7, action: 'fail' }],
])('the rule %j makes sense', (rule) => {
  expect(paths({ answers: [rule] })).toEqual([]);
});

test.each([
  [{ action: 'fail' }, ['request.answers.0']],
  [{ body: 'slow', action: 'throttle' }, ['request.answers.0.body']],
  [{ status: 200, value: 7, action: 'fail' }, ['request.answers.0.value']],
  [{ status: 404, action: 'ignore', wait: '1s' }, ['request.answers.0.wait']],
  [{ status: 413, action: 'split' }, ['request.answers.0.action']],
  [{ status: 403, action: 'refresh-token' }, ['request.answers.0.action']],
])('the rule %j does not: %j', (rule, expected) => {
  expect(paths({ answers: [rule] })).toEqual(expected);
});

test.each([
  [{ decoder: { kind: 'csv' }, records: 'data' }, ['request.records']],
  [{ decoder: { kind: 'ndjson' }, errorAt: 'error' }, ['request.errorAt']],
  [{ decoder: { kind: 'csv' }, shape: 'columns' }, ['request.shape']],
  [{ attach: { place: { partition: 'place' } } }, ['request.attach.place.partition']],
  [{ attach: { place: { partition: 'site' }, grid: { at: 'grid' } } }, []],
])('%j: %j', (request, expected) => {
  expect(paths(request)).toEqual(expected);
});

test.each([
  [{ kind: 'full' }, {}, []],
  [{ kind: 'snapshot', deletions: 'ignore' }, {}, []],
  [{ kind: 'snapshot' }, {}, ['request.conditional']],
  [{ kind: 'periods', unit: 'year', from: '2000' }, {}, []],
  [{ kind: 'periods', unit: 'year', from: '2000', signal: 's' }, {}, ['request.conditional']],
  [{ kind: 'token', param: 't', next: 'n' }, {}, ['request.conditional']],
  [cursor({}), { round: '1h' }, []],
  [cursor({ unit: 'integer', format: 'integer' }), {}, []],
  [cursor({ unit: 'integer', format: 'integer' }), { round: '1h' }, ['request.conditional.round']],
])('with %j, conditional %j: %j', (incremental, conditional, expected) => {
  const mistakes = checkAnswers({
    request: HttpRequest.parse({ path: '/', conditional }),
    incremental: Definition.shape.incremental.parse(incremental),
  });

  expect(mistakes.map(({ path }) => path)).toEqual(expected);
});

function cursor(changes: object) {
  return { kind: 'cursor', field: 'at', from: 'since', start: '2024-01-01', ...changes };
}
