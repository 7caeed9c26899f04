import { LineCounter, parseDocument } from 'yaml';
import type { Definition } from './definition/definition.ts';
import type { Mistake } from './check/mistake.ts';

export type YamlReading = { readonly value: unknown } | { readonly mistakes: readonly Mistake[] };

/**
 * The value that a YAML file stands for: one definition, or `extends: <built-in name>` and what differs from it.
 * Objects are merged key by key, arrays and values replaced, null takes a setting away; where `kind` differs, the whole
 * object is replaced, and so are partitions, which may come from several places at once.
 */
export function readYamlDefinition(text: string, builtIns: readonly Definition[]): YamlReading {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: true });
  if (document.errors.length > 0) {
    const mistakes = document.errors.map((error) => {
      const [line] = error.linePos ?? [];
      const where = line ? ` (line ${line.line}, column ${line.col})` : '';
      if (error.code === 'MULTIPLE_DOCS') {
        return { path: '', message: `holds several definitions: write one a file${where}` };
      }
      return { path: '', message: `is not YAML: ${firstLine(error.message)}${where}` };
    });
    return { mistakes };
  }
  const value = plainValue(() => document.toJS({ maxAliasCount: 100 }));
  if (!isObject(value)) {
    return {
      mistakes: [{ path: '', message: 'a definition is an object with keys such as name' }],
    };
  }
  return extend(value, builtIns);
}

function extend(value: Record<string, unknown>, builtIns: readonly Definition[]): YamlReading {
  const { extends: name, ...differing } = value;
  if (name === undefined) return { value };
  const base = builtIns.find((definition) => definition.name === name);
  if (base) {
    const { partitions } = differing;
    const merged = merge(base, differing);
    const replaced = { ...Object(merged), partitions: merge({}, partitions) };
    return { value: partitions ? replaced : merged };
  }
  const names = builtIns.map((definition) => definition.name).join(', ') || 'none';
  return {
    mistakes: [
      {
        path: 'extends',
        message: `no built-in collector ${JSON.stringify(name)}; there are: ${names}`,
      },
    ],
  };
}

function merge(base: unknown, differing: unknown): unknown {
  if (!isObject(base) || !isObject(differing)) return differing;
  if ('kind' in differing && differing['kind'] !== base['kind']) return differing;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(differing)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(base[key], value);
  }
  return merged;
}

function plainValue(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    // Too many aliases: a file that grows without end is not a definition.
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.replace(/ at line.*$/, '') ?? text;
}
