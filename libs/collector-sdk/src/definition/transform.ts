import { z } from 'zod';

/** What is done to a record before its fields are read. */
export const Transform = z.strictObject({
  /** Name of a function of the registry. */
  function: z.string(),
});
