import type { PageTask, Window } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { OutgoingRequest } from '../auth/authorize.ts';
import { digitsToCursor, floorDigits, type CursorFormat } from '../cursor-format.ts';
import type { Definition, HttpDefinition } from '../definition/definition.ts';
import { splitOf } from '../paginate/split-window.ts';
import {
  compileTemplate,
  encodeQueryValue,
  type CompiledTemplate,
  type TemplateValues,
} from './template.ts';

/** Makes the request of a page, without authentication. */
export type BuildRequest = (task: PageTask) => OutgoingRequest;

/** Reads the templates of a definition once and makes its requests from them. */
export function compileRequest(definition: HttpDefinition): BuildRequest {
  const { request, source } = definition;
  const path = compileTemplate(request.path);
  const query = compileAll(request.query);
  const headers = compileAll(request.headers);
  const base = source.baseUrl.replace(/\/+$/, '');
  return (task) => {
    const values = templateValues(definition, task);
    const url = new URL(base + safePath(path.expand(values)));
    const parameters = new Map(expandQuery(query, values));
    for (const [name, value] of windowParameters(definition, task)) parameters.set(name, value);
    for (const [name, value] of placeParameters(definition, task)) parameters.set(name, value);
    const text = [...parameters].map(([name, value]) => `${encodeURIComponent(name)}=${value}`);
    if (text.length > 0) url.search = text.join('&');
    return { method: request.method, url, headers: expandHeaders(headers, values) };
  };
}

/** Variables of the templates: the partition's values, the ends of what is asked for, and the day of the plan. */
export function templateValues(definition: Definition, task: PageTask): TemplateValues {
  const ends = endsOf(definition, task);
  const planned = digitsToCursor(task.plannedAt, 'iso');
  return { today: planned.slice(0, 10), planned_at: planned, ...ends, ...task.partition };
}

function endsOf(definition: Definition, task: PageTask): TemplateValues {
  const { incremental } = definition;
  if (incremental.kind === 'periods') return { from: task.items[0], to: task.items.at(-1) };
  if (incremental.kind !== 'cursor' || task.cursor === null) return {};
  return {
    from: writeFrom(task.cursor, incremental.format),
    to: writeTo(task.cursor, incremental.format),
  };
}

function* windowParameters(definition: Definition, task: PageTask): Iterable<[string, string]> {
  const { incremental } = definition;
  if (incremental.kind === 'cursor' && task.cursor) {
    yield* ends(incremental, task.cursor, incremental.format);
  }
  const split = splitOf(definition);
  const window = task.page.windows[0];
  if (split && window) yield* ends(split, window, split.format);
}

function* ends(
  names: { readonly from: string; readonly to?: string | undefined },
  window: Window,
  format: CursorFormat,
): Iterable<[string, string]> {
  const from = writeFrom(window, format);
  const to = writeTo(window, format);
  if (from !== undefined) yield [names.from, encodeQueryValue(from)];
  if (to !== undefined && names.to !== undefined) yield [names.to, encodeQueryValue(to)];
}

function writeFrom(window: Window, format: CursorFormat): string | undefined {
  return window.from === null ? undefined : digitsToCursor(window.from, format);
}

const stepMicros: Readonly<Partial<Record<CursorFormat, bigint>>> = {
  date: 86_400_000_000n,
  'epoch-s': 1_000_000n,
  'epoch-ms': 1_000n,
};

/** The upper end is rounded up: a source that leaves its end out would lose what lies between. */
function writeTo(window: Window, format: CursorFormat): string | undefined {
  if (window.to === null) return undefined;
  const floored = floorDigits(window.to, format);
  if (floored === window.to) return digitsToCursor(floored, format);
  return digitsToCursor((BigInt(floored) + (stepMicros[format] ?? 0n)).toString(), format);
}

function* placeParameters(definition: Definition, task: PageTask): Iterable<[string, string]> {
  const { paginate } = definition;
  const { place } = task.page;
  if (paginate.kind === 'none') return;
  if (paginate.kind === 'cursor') {
    const cursor = place['cursor'];
    if (cursor !== undefined) yield [paginate.param, encodeURIComponent(cursor)];
    return;
  }
  if (paginate.size) yield [paginate.size.param, String(paginate.size.value)];
  yield [paginate.param, String(place[paginate.kind] ?? paginate.start)];
}

function* expandQuery(
  query: ReadonlyMap<string, CompiledTemplate>,
  values: TemplateValues,
): Iterable<[string, string]> {
  for (const [name, template] of query) {
    if (!template.isEmpty(values)) yield [name, encodeQueryValue(template.expand(values))];
  }
}

function expandHeaders(
  headers: ReadonlyMap<string, CompiledTemplate>,
  values: TemplateValues,
): Record<string, string> {
  const expanded: Record<string, string> = {};
  for (const [name, template] of headers) {
    if (template.isEmpty(values)) continue;
    expanded[name.toLowerCase()] = decodeURIComponent(template.expand(values));
  }
  return expanded;
}

function compileAll(texts: Readonly<Record<string, string>>): Map<string, CompiledTemplate> {
  return new Map(Object.entries(texts).map(([name, text]) => [name, compileTemplate(text)]));
}

/** A value of `..` must not climb out of the declared path. */
function safePath(path: string): string {
  const climbs = path.split('/').some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
  if (!climbs) return path;
  throw new TerminalError(
    'DEFINITION_INVALID',
    'a value of the partition is "." or ".." in the path',
  );
}
