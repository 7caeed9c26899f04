import type { ChangeArguments } from './control-routes.ts';
import { ControlArgumentError } from './control-routes.ts';
import type { Fault } from './faults.ts';

/** Refuses arguments that the change does not know, so that a typo is not silently ignored. */
export function refuseUnknown(args: ChangeArguments, known: readonly string[]): void {
  for (const name of Object.keys(args)) {
    if (!known.includes(name)) {
      throw new ControlArgumentError(`unknown argument ${name}; known: ${known.join(', ')}`);
    }
  }
}

/** A whole number ≥ 0, or nothing. */
export function findCount(args: ChangeArguments, name: string): number | undefined {
  const value = args[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new ControlArgumentError(`${name} must be a whole number of 0 or more`);
  }
  return value;
}

/** A whole number ≥ 0 that must be there. */
export function mustCount(args: ChangeArguments, name: string): number {
  const value = findCount(args, name);
  if (value === undefined) throw new ControlArgumentError(`${name} is missing`);
  return value;
}

/** A text that must be there. */
export function mustText(args: ChangeArguments, name: string): string {
  const value = args[name];
  if (typeof value !== 'string') throw new ControlArgumentError(`${name} must be a text`);
  return value;
}

/** A flag that is false when absent. */
export function readFlag(args: ChangeArguments, name: string): boolean {
  const value = args[name] ?? false;
  if (typeof value !== 'boolean') throw new ControlArgumentError(`${name} must be true or false`);
  return value;
}

/** The fault and its repetitions, as `{ fault: { kind, … }, times }`. */
export function readFault(args: ChangeArguments): { fault: Fault; times: number } {
  refuseUnknown(args, ['fault', 'times']);
  const raw = args['fault'];
  if (typeof raw !== 'object' || raw === null) throw new ControlArgumentError('fault is missing');
  const fault = raw as ChangeArguments;
  const times = findCount(args, 'times') ?? 1;
  const kind = mustText(fault, 'kind');
  switch (kind) {
    case 'status':
      return { fault: { kind, status: mustCount(fault, 'status'), ...texts(fault) }, times };
    case 'stall':
      return { fault: { kind, stallMs: mustCount(fault, 'stallMs') }, times };
    case 'reset':
    case 'garbage':
    case 'half':
      return { fault: { kind }, times };
    default:
      throw new ControlArgumentError(`unknown kind of fault: ${kind}`);
  }
}

function texts(fault: ChangeArguments): { retryAfter?: string; body?: string } {
  return {
    ...(fault['retryAfter'] === undefined ? {} : { retryAfter: mustText(fault, 'retryAfter') }),
    ...(fault['body'] === undefined ? {} : { body: mustText(fault, 'body') }),
  };
}
