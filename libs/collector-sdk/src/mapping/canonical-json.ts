import { isRawJson } from '../answer/raw-json.ts';

/** Places that do not count: null for a whole value, else the places below it. */
export interface Omitted {
  readonly [key: string]: Omitted | null;
}

/** The tree of declared paths, as `canonicalJson` walks it. */
export function omittedPlaces(paths: readonly string[]): Omitted {
  const root: Record<string, Omitted | null> = Object.create(null) as Record<string, null>;
  for (const path of paths) {
    let node = root;
    const steps = path.split('.');
    const last = steps.pop();
    for (const step of steps) {
      const below = node[step];
      if (below === null) break;
      node = (node[step] = below ?? (Object.create(null) as Omitted)) as typeof root;
    }
    if (last !== undefined) node[last] = null;
  }
  return root;
}

/** JSON with sorted keys and without the omitted places: equal contents give equal text, however they came. */
export function canonicalJson(value: unknown, omitted?: Omitted | null): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (isRawJson(value)) return value.rawJSON;
  if (Array.isArray(value)) {
    return `[${value.map((each, index) => (omitted?.[index] === null ? 'null' : canonicalJson(each, omitted?.[index]))).join(',')}]`;
  }
  const members: string[] = [];
  for (const key of Object.keys(value).toSorted()) {
    const below = omitted?.[key];
    const held = (value as Record<string, unknown>)[key];
    if (below === null || held === undefined) continue;
    members.push(`${JSON.stringify(key)}:${canonicalJson(held, below)}`);
  }
  return `{${members.join(',')}}`;
}
