import type { z } from 'zod';
import type { Mistake } from './mistake.ts';

/** What a schema found, one mistake for each unknown key. */
export function schemaMistakes(error: z.ZodError): Mistake[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key].join('.'),
        message: 'there is no such setting',
      }));
    }
    return [{ path: path.join('.'), message: issue.message }];
  });
}
