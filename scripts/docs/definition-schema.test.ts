import { registry } from '@tidemark/collectors';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { definitionSchema } from './definition-schema.ts';
import { readDescriptions } from './definition-descriptions.ts';
import { formatJson } from './format-json.ts';

const schema = JSON.parse(definitionSchema());
// The choice between the two is the editor's; each of them is judged by itself here.
const whole = z.fromJSONSchema(schema.definitions.definition);
const difference = z.fromJSONSchema(schema.definitions.difference);

test.each(registry.definitions)('the built-in $name is valid for editors', (definition) => {
  const json: unknown = JSON.parse(JSON.stringify(definition));

  expect(whole.safeParse(json).error).toBeUndefined();
  expect(
    difference.safeParse({ extends: definition.name, ...(z.json().parse(json) as object) }).error,
  ).toBeUndefined();
});

const good = {
  name: 'x',
  source: { name: 'x', baseUrl: 'https://example.org' },
  request: { path: '/x' },
  incremental: { kind: 'full' },
  target: { kind: 'raw', table: 'x' },
};

test.each([
  ['a missing section', { ...good, request: undefined }],
  ['an unknown setting', { ...good, colour: 'blue' }],
  ['a setting of another kind', { ...good, paginate: { kind: 'none', width: 4 } }],
  ['extends, which a whole definition has not', { ...good, extends: 'y' }],
])('editors are told of %s', (_what, value) => {
  const json: unknown = JSON.parse(JSON.stringify(value));

  expect(whole.safeParse(good).success).toBe(true);
  expect(whole.safeParse(json).success).toBe(false);
});

test.each([
  { extends: 'y' },
  { extends: 'y', source: { baseUrl: 'http://127.0.0.1:9', rate: null } },
  { extends: 'y', paginate: { width: 2 }, schedule: null, limits: { maxRejects: 0 } },
  { extends: 'y', target: { fields: { a: { required: true }, b: null } } },
  { extends: 'y', incremental: { split: { size: '30d' } } },
])('a file that extends may be %j', (value) => {
  expect(difference.safeParse(value).error).toBeUndefined();
});

test.each([
  { source: { rate: null } },
  { extends: 'y', colour: 'blue' },
  { extends: 'y', name: null },
  { extends: 'y', source: { baseURL: 'x' } },
  { extends: 'y', source: { throttledBy: [{ body: 'no status' }] } },
  { extends: 'y', paginate: { kind: 'none', width: 2 } },
])('a file that extends may not be %j', (value) => {
  expect(difference.safeParse(value).success).toBe(false);
});

test('settings carry the sentences of the documentation', () => {
  const { properties } = schema.definitions.definition;

  expect(properties.overlap.description).toContain('while a run is active');
  expect(
    properties.target.oneOf[0].properties.fields.additionalProperties.properties.path.description,
  ).toContain('where the value is');
});

test('tables of the documentation are read with their kinds, also where a cell has several names', () => {
  const page = `
## Fields

| field      | default |     |
| ---------- | ------- | --- |
| \`a.b\`, \`c\` | none    | one |

### paginate

| \`kind\` | field | default |  |
| --- | --- | --- | --- |
| \`page\` (default) | \`size: { param, value }\` | none | two \\| three |
| | \`width\` | \`1\` | four |

### other

| variable | |
| --- | --- |
| \`x\` | five |

## Limits

| field | default | |
| --- | --- | --- |
| \`y\` | none | six |
`;

  expect(readDescriptions(page)).toEqual([
    { path: ['a', 'b'], text: 'one' },
    { path: ['c'], text: 'one' },
    { path: ['paginate', 'kind=page', 'size'], text: 'two | three' },
    { path: ['paginate', 'kind=page', 'width'], text: 'four' },
  ]);
});

test('short lists are on one line, long ones and objects are not', () => {
  const long = 'x'.repeat(98);

  expect(formatJson({ a: [1, {}], b: [long], c: {}, d: [] })).toBe(
    `{\n  "a": [1, {}],\n  "b": [\n    "${long}"\n  ],\n  "c": {},\n  "d": []\n}`,
  );
});
