import { TerminalError } from '@tidemark/runtime';
import pg from 'pg';

/** Throws where an address of PostgreSQL is not one, or names a certificate that cannot be read: time would not cure it. */
export function checkAddress(url: string): void {
  try {
    void new pg.Client({ connectionString: url });
  } catch (cause) {
    const file = fileOf(cause);
    const said =
      file === undefined ? 'it is no address' : `it names the file ${file}, which cannot be read`;
    throw new TerminalError(
      'CONFIG_INVALID',
      `DATABASE_URL: ${said}; it is of the form postgres://user:password@host:port/database`,
      // Other errors may hold the address, and with it a password.
      file === undefined ? undefined : { cause },
    );
  }
}

function fileOf(error: unknown): string | undefined {
  const isOfFile = error instanceof Error && 'path' in error && typeof error.path === 'string';
  return isOfFile ? String(error.path) : undefined;
}
