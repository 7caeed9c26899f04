import { expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';

const oauth2 = {
  kind: 'oauth2',
  tokenUrl: 'https://auth.example.com/t',
  clientId: 'c',
  secret: 'S',
};

function mistakesOf(source: object, changes: object = {}): string[] {
  const checked = checkDefinition(
    {
      name: 'x',
      source: { name: 'x', baseUrl: 'https://api.example.com', ...source },
      request: { path: '/x' },
      incremental: { kind: 'full' },
      target: { kind: 'raw', table: 'x' },
      ...changes,
    },
    [],
  );
  if ('definition' in checked) return [];
  return checked.mistakes.map(({ path, message }) => `${path}: ${message}`);
}

test.each([
  [{ auth: oauth2 }],
  [{ auth: { ...oauth2, client: 'body', scope: 'a b', parameters: { audience: 'x' } } }],
  [{ auth: { kind: 'tokens', secrets: ['A', 'B'] } }],
  [{ auth: { kind: 'tokens', secrets: ['A'], in: 'query', name: 'key' } }],
  [{ rate: { requests: 50, per: '5s', burst: 5, reserve: 0.2, maxWait: '1h' } }],
  [{ rate: { body: { remaining: 'a.b', resetsIn: 'a.c', entity: 'a.d' } } }],
  [{ rate: { entity: 'players', headers: true } }],
])('%j is right', (source) => {
  expect(mistakesOf(source)).toEqual([]);
});

test.each([
  [{ auth: { ...oauth2, tokenUrl: 'file:///etc/passwd' } }, /^source\.auth\.tokenUrl: /],
  [{ auth: { kind: 'tokens', secrets: [] } }, /^source\.auth\.secrets: /],
  [{ auth: { kind: 'tokens', secrets: ['A'], in: 'query' } }, /^source\.auth\.name: is missing/],
  [{ auth: { kind: 'tokens', secrets: ['A'], name: 'k' } }, /^source\.auth\.name: is only for/],
  [{ auth: { kind: 'tokens', secrets: ['A', 'A'] } }, /^source\.auth\.secrets\.1: .* twice/],
  [{ rate: { requests: 5 } }, /^source\.rate\.per: is missing/],
  [{ rate: { per: '5s' } }, /^source\.rate\.requests: is missing/],
  [{ rate: { requests: 5, per: '0s' } }, /^source\.rate\.per: must be longer/],
  [{ rate: { burst: 3 } }, /^source\.rate\.burst: needs/],
  [{ rate: { maxWait: '0s' } }, /^source\.rate\.maxWait: must be longer/],
  [{ rate: { reserve: 1 } }, /^source\.rate\.reserve: /],
  [{ rate: { entity: '{league}' } }, /^source\.rate\.entity: .*"league"; they have none/],
])('%j is told', (source, mistake) => {
  const mistakes = mistakesOf(source);

  expect(mistakes).toHaveLength(1);
  expect(mistakes[0]).toMatch(mistake);
});

test('the entity may be a value of the partition', () => {
  const partitions = [{ league: 1 }];

  expect(mistakesOf({ rate: { entity: 'l-{league}' } }, { partitions })).toEqual([]);
});

test.each(['from', 'to', 'today', 'planned_at'])(
  'a partition may not hide what {%s} means in a request',
  (name) => {
    const mistakes = mistakesOf({}, { partitions: [{ [name]: 'x' }] });

    expect(mistakes).toEqual([expect.stringContaining(`"${name}" is the name of a variable`)]);
  },
);

test('a database has no headers to learn a rate from', () => {
  const source = { kind: 'postgres', name: 'x', secret: 'S', rate: { headers: true } };
  const request = { kind: 'sql', sql: 'select 1' };

  expect(mistakesOf({}, { source, request })).toContain(
    'source.rate: a database has no headers and no body',
  );
});
