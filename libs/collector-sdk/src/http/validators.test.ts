import { expect, test } from 'vitest';
import { conditionOf, validatorsOf } from './validators.ts';

const question = {
  method: 'GET' as const,
  url: new URL('http://127.0.0.1/things?since=1'),
  headers: { accept: 'a' },
};
const revision = 'a'.repeat(16);
const asked = conditionOf(question, revision, null);

const answer = (headers: Record<string, string>) => ({
  status: 200,
  url: question.url,
  headers,
  text: '',
  utf8: undefined,
  bodyBytes: 0,
  retryAfter: undefined,
  sourceUs: undefined,
});

test('the same question is asked under the condition of its last answer', () => {
  const kept = validatorsOf(asked, answer({ etag: 'W/"x"', 'last-modified': 'whenever' }));

  expect(asked.headers).toEqual({});
  expect(conditionOf(question, revision, kept).headers).toEqual({ 'if-none-match': 'W/"x"' });
});

test.each([
  ['another window', { ...question, url: new URL('http://127.0.0.1/things?since=2') }, revision],
  ['other headers', { ...question, headers: { accept: 'b' } }, revision],
  ['another definition', question, 'b'.repeat(16)],
])('%s is another question', (_what, other, otherRevision) => {
  const kept = validatorsOf(asked, answer({ etag: '"x"' }));

  expect(conditionOf(other, otherRevision, kept).headers).toEqual({});
});

test('a moment names an answer only when it is not of the same second', () => {
  const modified = 'Sat, 07 Feb 2026 02:00:00 GMT';
  const at = (date: string) => answer({ 'last-modified': modified, date });

  const kept = validatorsOf(asked, at('Sat, 07 Feb 2026 02:00:01 GMT'));
  expect(conditionOf(question, revision, kept).headers).toEqual({ 'if-modified-since': modified });
  expect(validatorsOf(asked, at(modified))).toBeNull();
  expect(validatorsOf(asked, answer({ 'last-modified': modified }))).toBeNull();
  expect(validatorsOf(asked, answer({}))).toBeNull();
});

test.each(['2026-07-13', '{', '{"at":1}', '{3f0a}'])(
  'what was kept of something else is no condition: %s',
  (kept) => {
    expect(conditionOf(question, revision, kept).headers).toEqual({});
  },
);
