import { parseExact } from '@tidemark/collector-sdk';
import { UsageError } from '../../../cli-io.ts';

/** A record with other values in some of its fields; all other values stay digit for digit. */
export function setFields(payload: string, assignments: readonly string[]): string {
  const record = parseRecord(payload);
  for (const assignment of assignments) {
    const end = assignment.indexOf('=');
    if (end <= 0) throw new UsageError(`"${assignment}" is not of the form field=value.`);
    record[assignment.slice(0, end)] = valueOf(assignment.slice(end + 1));
  }
  return JSON.stringify(record);
}

function parseRecord(payload: string): Record<string, unknown> {
  const record = tryParse(payload);
  if (typeof record === 'object' && record !== null && !Array.isArray(record)) {
    return { ...record };
  }
  throw new UsageError('It holds no JSON object, since it was cut: give it whole with --file.');
}

/** JSON where it is some, else the text itself. */
function valueOf(text: string): unknown {
  const value = tryParse(text);
  return value === undefined ? text : value;
}

function tryParse(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
