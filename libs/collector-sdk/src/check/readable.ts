import { wrongForm } from './forgiving-schema.ts';
import type { Mistake } from './mistake.ts';

// A setting of the wrong form is told by the schema. What else is wrong is told all the same, as far as it does not depend on
// that setting: nobody knows what was meant by it. So whoever looks at it ends there, and only the check that did so is left out.

/** A check has looked at a setting whose form is wrong. */
class UnreadableError extends Error {}

/** The same value, whose settings of the wrong form must not be looked at. */
export function readable(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const copy: object = Array.isArray(value) ? [] : {};
  for (const [name, member] of Object.entries(value)) {
    const isWrong = member === wrongForm;
    Object.defineProperty(copy, name, {
      enumerable: true,
      ...(isWrong ? { get: refuseToRead } : { value: readable(member) }),
    });
  }
  return copy;
}

function refuseToRead(): never {
  throw new UnreadableError('a check looked at a setting whose form is wrong');
}

/** What checks that know nothing of each other find: those that have to look at a setting of the wrong form find nothing. */
export function independently(...checks: readonly (() => readonly Mistake[])[]): Mistake[] {
  return checks.flatMap((check) => {
    try {
      return check();
    } catch (error) {
      if (error instanceof UnreadableError) return [];
      throw error;
    }
  });
}

/** What a check finds in each member of a list or an object, one by one. */
export function inEach<Name extends string | number>(
  names: Iterable<Name>,
  check: (name: Name) => readonly Mistake[],
): Mistake[] {
  return independently(...Array.from(names, (name) => () => check(name)));
}
