import { partitionKeys } from '../incremental/partitions.ts';
import { variablesOf } from '../request/template.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';

/** Variables that every request has. */
const always = ['today', 'planned_at'];

/** Variables that tell what is asked for, by the kind of `incremental` that has them. */
const asked: Readonly<Record<string, readonly string[]>> = {
  cursor: ['from', 'to'],
  periods: ['from', 'to', 'first_day', 'last_day'],
  worklist: ['ids'],
};

/** Names that mean something in requests whatever the partitions are. */
export const ownVariables: ReadonlySet<string> = new Set([
  ...always,
  ...Object.values(asked).flat(),
]);

/** The templates of a request use only variables that will have been given a name: a typo would be an empty text. */
export function checkTemplates(sections: Sections): Mistake[] {
  const { request } = sections;
  if (request?.kind !== 'http') return [];
  const { query, headers } = request;
  return independently(
    () => checkTemplate(sections, 'request.path', request.path),
    () =>
      inEach(Object.keys(query), (name) =>
        checkTemplate(sections, `request.query.${name}`, query[name]),
      ),
    () =>
      inEach(Object.keys(headers), (name) =>
        checkTemplate(sections, `request.headers.${name}`, headers[name]),
      ),
  );
}

function checkTemplate(sections: Sections, path: string, text = ''): Mistake[] {
  const stray = text.replaceAll(/\{[^{}]+\}/g, '').match(/[{}]/);
  const mistakes = stray ? [{ path, message: `"${stray[0]}" belongs to no {variable}` }] : [];
  return [...mistakes, ...unknownVariables(sections, path, variablesOf(text))];
}

/** The names that a template uses and that nothing gives a value to. */
export function unknownVariables(
  sections: Sections,
  path: string,
  names: readonly string[],
): Mistake[] {
  const known = knownVariables(sections);
  if (!known) return [];
  const unknown = new Set(names.filter((name) => !known.has(name)));
  return [...unknown].map((name) => ({
    path,
    message: tell(name, known, sections.incremental?.kind),
  }));
}

/** The names that have a value in a request; undefined while a section with mistakes may give more. */
export function knownVariables({
  partitions,
  incremental,
}: Sections): ReadonlySet<string> | undefined {
  const keys = partitions && partitionKeys({ partitions });
  if (!keys) return undefined;
  const kind = incremental?.kind;
  const ofKind = kind === undefined ? Object.values(asked).flat() : (asked[kind] ?? []);
  return new Set([...keys, ...always, ...ofKind]);
}

function tell(name: string, known: ReadonlySet<string>, kind: string | undefined): string {
  const isOfOther = Object.values(asked).flat().includes(name);
  const why = isOfOther ? ` with incremental.kind ${kind}` : '';
  return `there is no variable "${name}"${why}; there are ${[...known].join(', ')}`;
}
