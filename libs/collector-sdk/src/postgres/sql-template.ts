import type { TemplateValues } from '../request/template.ts';

/** A query whose `{name}` were read once. */
export interface SqlTemplate {
  /** Names in the order of their first use. */
  readonly variables: readonly string[];
  /** Names that stand in a text, where they are no variables. */
  readonly quoted: readonly string[];
  /** The query with `$n` for each name, counted on from the parameters that are there already. */
  write(parameters: SqlParameters): string;
}

/** The values of a statement; they never become part of its text. */
export class SqlParameters {
  readonly values: (string | null)[] = [];
  readonly #named = new Map<string, string>();
  readonly #source: TemplateValues;

  constructor(source: TemplateValues = {}) {
    this.#source = source;
  }

  /** Takes in a value; answers the `$n` that stands for it. */
  add(value: string | null): string {
    this.values.push(value);
    return `$${this.values.length}`;
  }

  /** The `$n` of a named value, the same one each time. */
  named(name: string): string {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const value = this.#source[name];
    const mark = this.add(value === undefined ? null : String(value));
    this.#named.set(name, mark);
    return mark;
  }
}

/**
 * What may stand in SQL, as far as it takes to tell a `{name}` from braces in texts, quoted names and comments. Each
 * alternative but the last is copied as it is; an E'' text may escape its quote, a plain one doubles it.
 */
const token =
  /\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$([A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[^]*?\$\1\$|--[^\n]*|\/\*[^]*?\*\/|\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Reads the `{name}` of a query; what stands in quotes or comments stays as it is. */
export function compileSql(text: string): SqlTemplate {
  const pieces: (string | { readonly name: string })[] = [];
  const quoted: string[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    const name = match[2];
    if (name === undefined) {
      if (match[0].startsWith("'")) quoted.push(...namesIn(match[0]));
      continue;
    }
    pieces.push(text.slice(end, match.index), { name });
    end = match.index + match[0].length;
  }
  pieces.push(text.slice(end));
  const names = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.name]));
  return {
    variables: [...new Set(names)],
    quoted: [...new Set(quoted)],
    write: (parameters) =>
      pieces
        .map((piece) => (typeof piece === 'string' ? piece : parameters.named(piece.name)))
        .join(''),
  };
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/\{([A-Za-z_][A-Za-z0-9_]*)\}/g)].flatMap(([, name]) => name ?? []);
}
