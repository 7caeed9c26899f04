import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isSql, lookUp } from '@tidemark/collector-sdk';
import { checkDefinition } from '@tidemark/collector-sdk/define';
import { compileQuery } from '@tidemark/collector-sdk/source';
import { describe, expect, test } from 'vitest';
import { registry } from './index.ts';

describe.each(
  registry.definitions.filter(isSql).map((definition) => [definition.name, definition] as const),
)('%s', (name, definition) => {
  const folder = fileURLToPath(new URL(name, import.meta.url));
  const rows = JSON.parse(readFileSync(`${folder}/fixtures/page.json`, 'utf8')) as object[];
  const { target } = definition;
  const fields = target.kind === 'table' ? Object.entries(target.fields) : [];

  test('its definition is valid, stays the same as JSON, and has a README', () => {
    const functions = Object.keys(registry.functions);
    const json: unknown = JSON.parse(JSON.stringify(definition));

    expect(checkDefinition(json, functions)).toEqual({ definition });
    expect(existsSync(`${folder}/README.md`)).toBe(true);
  });

  test('its rows can be put in an order that its query gives', () => {
    const { order } = compileQuery(definition);

    for (const column of order.columns) {
      expect(rows.map((row) => lookUp(row, column))).not.toContain(undefined);
      expect(definition.request.sql).toContain(column);
    }
  });

  test('a page gives every required field of every row, and each field at least once', () => {
    expect(rows.length).toBeGreaterThan(0);
    for (const [field, { path, required }] of fields) {
      const values = rows.map((row) => lookUp(row, path ?? field));
      if (required) expect(values, field).not.toContain(null);
      expect(
        values.some((value) => value !== undefined),
        field,
      ).toBe(true);
    }
  });
});
