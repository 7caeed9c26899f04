import { variablesOf } from '../request/template.ts';
import type { HttpRequest } from '../definition/request.ts';
import type { Definition } from '../definition/definition.ts';
import type { Mistake, Sections } from './mistake.ts';

/** Variables that every request has. */
const always = ['today', 'planned_at'];

/** Variables that tell what is asked for; a collector that reads everything each time has none of them. */
const ends = ['from', 'to'];

/** The templates of a request use only variables that will have been given a name: a typo would be an empty text. */
export function checkTemplates({ request, partitions, incremental }: Sections): Mistake[] {
  if (request?.kind !== 'http') return [];
  const keys = partitions && sharedKeys(partitions);
  const hasEnds = incremental?.kind !== 'full';
  const known = new Set([...(keys ?? []), ...always, ...(hasEnds ? ends : [])]);
  return templatesOf(request).flatMap(({ path, text }) => {
    const stray = text.replaceAll(/\{[^{}]+\}/g, '').match(/[{}]/);
    const mistakes = stray ? [{ path, message: `"${stray[0]}" belongs to no {variable}` }] : [];
    // What a section with mistakes would have given is not known.
    if (!keys) return mistakes;
    const unknown = new Set(variablesOf(text).filter((name) => !known.has(name)));
    return [...mistakes, ...[...unknown].map((name) => ({ path, message: tell(name, known) }))];
  });
}

function tell(name: string, known: ReadonlySet<string>): string {
  const why = ends.includes(name) ? ' with incremental.kind full' : '';
  return `there is no variable "${name}"${why}; there are ${[...known].join(', ')}`;
}

function templatesOf({ path, query, headers }: HttpRequest) {
  const named = (part: string, texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([name, text]) => ({ path: `request.${part}.${name}`, text }));
  return [
    { path: 'request.path', text: path },
    ...named('query', query),
    ...named('headers', headers),
  ];
}

/** What each partition gives a value for; other differences between partitions are told elsewhere. */
function sharedKeys(partitions: Definition['partitions']): string[] {
  const [first = {}, ...others] = partitions;
  return Object.keys(first).filter((key) => others.every((other) => key in other));
}
