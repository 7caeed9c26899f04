import { CollectorName } from '@tidemark/contracts';
import type { z } from 'zod';
import { UsageError } from './cli-io.ts';

/** A collector's name as it was typed, or a usage error that says how names look. */
export function readCollector(text: string): string {
  const { success, data, error } = CollectorName.safeParse(text);
  if (success) return data;
  throw new UsageError(`"${text}" is no name of a collector: ${messagesOf(error).join('; ')}`);
}

/** The body of a command, checked before it is sent; options that were not given are left out. */
export function readCommand<T>(
  schema: z.ZodType<T>,
  fields: Readonly<Record<string, unknown>> & { readonly commandId: string },
): T & { readonly commandId: string } {
  const given = Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  );
  const { success, data, error } = schema.safeParse(given);
  if (!success) throw new UsageError(messagesOf(error).join('\n'));
  return { ...data, commandId: fields.commandId };
}

function messagesOf(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
}
