import type { Queryable } from '../connect.ts';

export interface CollectorOfFile {
  readonly name: string;
  /** The name of the file. */
  readonly origin: string;
}

/** The collectors that a file defined and that have not been retired for that reason. */
export async function listCollectorsOfFiles(
  db: Queryable,
  retiredReason: string,
): Promise<CollectorOfFile[]> {
  const { rows } = await db.query<CollectorOfFile>({
    name: 'list-collectors-of-files',
    text: `
      select name, origin
        from tidemark.collectors
       where origin is not null
         and (revision is not null or error_message is distinct from $1)
       order by name`,
    values: [retiredReason],
  });
  return rows;
}
