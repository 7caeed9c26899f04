/**
 * The target of the first link of a relation in a `Link` header (RFC 8288); undefined when there is none. Relations are
 * compared without regard to case, a link may have several, and commas inside brackets and quotes part nothing.
 */
export function findLink(header: string, relation: string): string | undefined {
  const wanted = relation.toLowerCase();
  return linksOf(header).find(({ relations }) => relations.includes(wanted))?.target;
}

interface Link {
  readonly target: string;
  readonly relations: readonly string[];
}

/** `<target>` and what follows up to the next comma outside of quotes. */
const LINK = /<([^<>]*)>((?:\s*;\s*[^\s=;,"<>]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,"]*))?)*)/g;
const PARAMETER = /;\s*([^\s=;,"<>]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?/g;

function linksOf(header: string): Link[] {
  return [...header.matchAll(LINK)].map(([, target = '', parameters = '']) => ({
    target: target.trim(),
    relations: relationsOf(parameters),
  }));
}

function relationsOf(parameters: string): string[] {
  for (const [, name = '', quoted, plain = ''] of parameters.matchAll(PARAMETER)) {
    // Only the first `rel` of a link counts.
    if (name.toLowerCase() !== 'rel') continue;
    const value = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
    return value.toLowerCase().split(/\s+/).filter(Boolean);
  }
  return [];
}
