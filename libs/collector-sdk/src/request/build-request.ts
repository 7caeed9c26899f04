import type { PageTask } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { OutgoingRequest } from '../auth/authorize.ts';
import { digitsToCursor } from '../cursor-format.ts';
import type { Definition, HttpDefinition } from '../definition/definition.ts';
import { readKeysetPlace } from '../paginate/keyset-place.ts';
import {
  compileTemplate,
  decodeExpanded,
  encodeQueryValue,
  type CompiledTemplate,
  type TemplateValues,
} from './template.ts';
import { windowParameters, windowValues } from './window-values.ts';

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
    const next = task.page.place['url'];
    if (typeof next === 'string') {
      const url = addressAt(base, next);
      return { method: request.method, url, headers: expandHeaders(headers, values) };
    }
    const url = new URL(base + safePath(path.expand(values)));
    const parameters = new Map(expandQuery(query, values));
    for (const [name, value] of windowParameters(definition, task)) parameters.set(name, value);
    for (const [name, value] of placeParameters(definition, task)) parameters.set(name, value);
    const text = [...parameters].map(([name, value]) => `${encodeURIComponent(name)}=${value}`);
    if (text.length > 0) url.search = text.join('&');
    return { method: request.method, url, headers: expandHeaders(headers, values) };
  };
}

/** The address that the page before gave, on the declared host whatever it says. */
function addressAt(base: string, pathAndQuery: string): URL {
  const url = new URL(base);
  const mark = pathAndQuery.indexOf('?');
  url.pathname = mark < 0 ? pathAndQuery : pathAndQuery.slice(0, mark);
  url.search = mark < 0 ? '' : pathAndQuery.slice(mark);
  return url;
}

/** Variables of the templates: the partition's values, the ends of what is asked for, and the day of the plan. */
export function templateValues(definition: Definition, task: PageTask): TemplateValues {
  const planned = digitsToCursor(task.plannedAt, 'iso');
  return {
    today: planned.slice(0, 10),
    planned_at: planned,
    ...windowValues(definition, task),
    ...idsOf(definition, task),
    ...task.partition,
  };
}

/** The ids of a worklist: a list, whose values a template encodes each by itself, unless it has a separator of its own. */
function idsOf({ incremental }: Definition, { items }: PageTask): TemplateValues {
  if (incremental.kind !== 'worklist') return {};
  const { separator } = incremental;
  return { ids: separator === ',' ? items : items.join(separator) };
}

function* placeParameters(definition: Definition, task: PageTask): Iterable<[string, string]> {
  const { paginate } = definition;
  const { place } = task.page;
  if (paginate.kind === 'none') return;
  if (paginate.size) yield [paginate.size.param, String(paginate.size.value)];
  if (paginate.kind === 'next-url' || paginate.kind === 'link') return;
  if (paginate.kind === 'cursor') {
    const cursor = place['cursor'];
    if (cursor !== undefined) yield [paginate.param, encodeURIComponent(cursor)];
    return;
  }
  if (paginate.kind === 'keyset') {
    for (const [name, value] of Object.entries(readKeysetPlace(place))) {
      yield [name, encodeURIComponent(value)];
    }
    return;
  }
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
    expanded[name.toLowerCase()] = decodeExpanded(template.expand(values));
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
