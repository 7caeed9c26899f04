import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isHttp, lookUp, partitionKeys, revisionOf, targetShape } from '@tidemark/collector-sdk';
import { checkDefinition } from '@tidemark/collector-sdk/define';
import { compileRequest, readPage, variablesOf } from '@tidemark/collector-sdk/source';
import { describe, expect, test } from 'vitest';
import { registry } from './index.ts';

const always = ['from', 'to', 'first_day', 'last_day', 'ids', 'today', 'planned_at'];

test('every collector has a name of its own', () => {
  const names = registry.definitions.map((definition) => definition.name);

  expect(new Set(names).size).toBe(names.length);
});

/** The folder of a collector's name, or of what it has in common with the others of its source. */
function folderOf(name: string): string {
  const folders = [name, name.replace(/-[^-]+$/, '')];
  const found = folders.find((each) => existsSync(new URL(each, import.meta.url))) ?? name;
  return fileURLToPath(new URL(found, import.meta.url));
}

describe.each(
  registry.definitions.filter(isHttp).map((definition) => [definition.name, definition] as const),
)('%s', (name, definition) => {
  const folder = folderOf(name);
  const partition = Object.fromEntries(partitionKeys(definition).map((key) => [key, 'a value']));
  const page = existsSync(`${folder}/fixtures/page.json`) ? 'page' : name;
  const fixture = readFileSync(`${folder}/fixtures/${page}.json`, 'utf8');

  test('its definition is valid, and stays the same as JSON', () => {
    const functions = Object.keys(registry.functions);
    const json: unknown = JSON.parse(JSON.stringify(definition));

    expect(checkDefinition(definition, functions)).not.toHaveProperty('mistakes');
    expect(checkDefinition(json, functions)).toEqual({ definition });
    expect(revisionOf(definition)).toMatch(/^[0-9a-f]{16}$/);
  });

  test('it has a README', () => {
    expect(existsSync(`${folder}/README.md`)).toBe(true);
  });

  test('the variables of its templates are values of each partition or known ones', () => {
    const { path, query, headers } = definition.request;
    const used = [path, ...Object.values(query), ...Object.values(headers)].flatMap(variablesOf);

    expect([...partitionKeys(definition), ...always]).toEqual(expect.arrayContaining(used));
    expect(() => compileRequest(definition)).not.toThrow();
  });

  test('an answer of its source gives every required field of every record', () => {
    const read = readPage(definition, fixture, partition);
    if (!('page' in read)) throw new Error(read.refusal.reason);
    const name = definition.transform?.function;
    const change = name === undefined ? undefined : registry.functions[name];
    const { target } = definition;
    if (target.kind !== 'table') return;

    expect(read.page.records.length).toBeGreaterThan(0);
    for (const record of read.page.records as Record<string, unknown>[]) {
      const changed = change ? change(record) : record;
      for (const [field, { path, required }] of Object.entries(target.fields)) {
        const value = lookUp(changed, path ?? field);
        if (required || target.key.includes(field)) expect(value, field).toEqual(expect.anything());
      }
    }
  });

  test('each field is found in at least one record of the answer', () => {
    const read = readPage(definition, fixture, partition);
    if (!('page' in read) || definition.target.kind !== 'table') return;
    const { fields } = definition.target;
    const { records } = read.page;

    const declared = targetShape(definition).columns.filter(({ name: column }) => column in fields);
    const missing = declared.filter(({ name: column }) =>
      records.every((record) => lookUp(record, fields[column]?.path ?? column) === undefined),
    );

    expect(missing).toEqual([]);
    for (const { at, fields: own } of definition.target.children ?? []) {
      const elements = records.flatMap((record) => lookUp(record, at) as unknown[]);
      for (const [column, { path }] of Object.entries(own)) {
        const found = elements.some((each) => lookUp(each, path ?? column) !== undefined);
        expect(found, `${at}: ${column}`).toBe(true);
      }
    }
  });
});
