const LOUD = new Set(['warn', 'error', 'fatal']);

/** The sentence of a log line that is a warning or worse, or that is no log line at all; undefined for others. */
export function readLoudLine(line: string): string | undefined {
  const fields = parse(line);
  if (fields === undefined) return line.trim() === '' ? undefined : line;
  if (!LOUD.has(String(fields['level']))) return undefined;
  const error = fields['err'] ?? fields['error'];
  const reason =
    typeof error === 'object' && error !== null && 'message' in error
      ? `: ${String(error.message)}`
      : '';
  return `${String(fields['level'])}: ${String(fields['msg'])}${reason}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
