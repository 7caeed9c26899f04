import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { TerminalError } from './errors.ts';

/**
 * The settings in an environment, or one error that names every setting that is missing or not of its form. An empty value
 * counts as missing. A setting may stand in a file instead, named by `<SETTING>_FILE`: secrets are often given so.
 */
export function readEnv<Schema extends z.ZodObject>(
  schema: Schema,
  env: NodeJS.ProcessEnv,
): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  for (const name of Object.keys(schema.shape)) {
    given[name] ??= readSettingFile(name, given);
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  // Zod's messages say what was expected and never repeat the value, which may be a secret.
  const mistakes = result.error.issues.map(({ path, message }) => {
    const name = path.join('.');
    return name === '' ? message : `${name}: ${given[name] === undefined ? 'is not set' : message}`;
  });
  throw new TerminalError('CONFIG_INVALID', `settings to correct:\n  ${mistakes.join('\n  ')}`);
}

/** What the file of a setting holds, without the end of its last line; undefined where none is named. */
export function readSettingFile(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return undefined;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new TerminalError('CONFIG_INVALID', `${name}_FILE: the file ${file} cannot be read`, {
      cause,
    });
  }
}
