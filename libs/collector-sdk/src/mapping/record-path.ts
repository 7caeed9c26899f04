/** Reads one place of a record; undefined when there is nothing. */
export type ReadPath = (record: unknown) => unknown;

/** The reader of a declared path, made once so that no record splits it again. */
export function compilePath(path: string): ReadPath {
  if (path === '$') return (record) => record;
  const steps = path.split('.').map(compileStep);
  const [first] = steps;
  if (steps.length === 1 && first) return first;
  return (record) => {
    let value = record;
    for (const step of steps) {
      if (value === undefined) return undefined;
      value = step(value);
    }
    return value;
  };
}

function compileStep(name: string): ReadPath {
  // Every object inherits these, so they must be its own to count; for other names that look would only cost time.
  const inherited = name in Object.prototype || name in Array.prototype;
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (inherited && !Object.hasOwn(value, name)) return undefined;
    return (value as Record<string, unknown>)[name];
  };
}
