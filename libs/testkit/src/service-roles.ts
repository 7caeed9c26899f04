import { readFile } from 'node:fs/promises';
import pg from 'pg';

const rolesFile = new URL('../../../deploy/postgres/roles.sql', import.meta.url);

const roles = ['watermark', 'extractor', 'loader', 'reader'] as const;
export type ServiceRole = (typeof roles)[number];

/** The same database, as each role sees it. */
export type RoleUrls = Readonly<Record<ServiceRole, string>>;

/**
 * Does what an administrator does: runs deploy/postgres/roles.sql in a database and gives the roles passwords. Roles are the
 * server's, not the database's, so it is for a PostgreSQL that the test has for itself.
 */
export async function makeServiceRoles(
  adminUrl: string,
  passwords: Partial<Record<ServiceRole, string>> = {},
): Promise<RoleUrls> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(await readFile(rolesFile, 'utf8'));
    const urls = new Map<ServiceRole, string>();
    for (const role of roles) {
      const password = passwords[role] ?? `password-of-${role}`;
      await client.query(
        `alter role ${pg.escapeIdentifier(`tidemark_${role}`)} password ${pg.escapeLiteral(password)}`,
      );
      urls.set(role, urlAs(adminUrl, `tidemark_${role}`, password));
    }
    return Object.fromEntries(urls) as RoleUrls;
  } finally {
    await client.end();
  }
}

function urlAs(adminUrl: string, user: string, password: string): string {
  const url = new URL(adminUrl);
  url.username = user;
  url.password = encodeURIComponent(password);
  return url.href;
}
