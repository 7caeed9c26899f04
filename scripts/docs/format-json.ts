const WIDTH = 100;

/** JSON as the formatter of the repository leaves it: lists on one line where they fit, objects with a line for each key. */
export function formatJson(value: unknown, indent = '', taken = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value.map((each) => formatJson(each, inner, inner.length));
    const line = `[${items.join(', ')}]`;
    if (!line.includes('\n') && taken + line.length <= WIDTH) return line;
    return `[\n${items.map((item) => inner + item).join(',\n')}\n${indent}]`;
  }
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, each]) => {
    const start = `${inner}${JSON.stringify(key)}: `;
    return start + formatJson(each, inner, start.length + 1);
  });
  return `{\n${lines.join(',\n')}\n${indent}}`;
}
