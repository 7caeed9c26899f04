import type { z } from 'zod';
import { TerminalError } from './errors.ts';

/** The settings in an environment, or one error that names every setting that is missing or not of its form. An empty value counts as missing. */
export function readEnv<Schema extends z.ZodObject>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  // Zod's messages say what was expected and never repeat the value, which may be a secret.
  const mistakes = result.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return name === '' ? message : `${name}: ${name in given ? message : 'is not set'}`;
  });
  throw new TerminalError('CONFIG_INVALID', `settings to correct:\n  ${mistakes.join('\n  ')}`);
}
