import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readLoudLine, serviceNames, startService } from '@tidemark/local';
import { root, startServers } from '../start-servers.ts';
import type { MeasuredSource } from './measured-source.ts';
import type { SourceChoice } from './sources.ts';

/** The four services as processes, and the sources that they read. */
export interface IncrementalStack extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly sources: readonly MeasuredSource[];
}

/** Starts servers, the sources and the services; resolves when all of them are ready. */
export async function startIncrementalStack(
  choices: readonly SourceChoice[],
  log: (line: string) => void,
): Promise<IncrementalStack> {
  await using opened = new AsyncDisposableStack();
  const { folder, postgres, nats } = opened.use(await startServers(log));
  const sources: MeasuredSource[] = [];
  for (const { start } of choices) sources.push(opened.use(await start(postgres.url)));
  const definitions = join(folder, 'collectors');
  await mkdir(definitions);
  for (const { name, yaml } of sources.flatMap(({ collectors }) => collectors)) {
    await writeFile(join(definitions, `${name}.yaml`), yaml);
  }
  const secrets = Object.assign({}, ...sources.map((source) => source.secrets)) as Record<
    string,
    string
  >;
  await Promise.all(
    serviceNames.map(async (name) => {
      const service = await startService({
        name,
        root,
        env: {
          DATABASE_URL: postgres.url,
          NATS_URL: nats.url,
          TIDEMARK_COLLECTORS_DIR: definitions,
          OTEL_SDK_DISABLED: 'true',
          ...(name === 'extractor' ? secrets : {}),
        },
        onLine: (line) => {
          const loud = readLoudLine(line);
          if (loud !== undefined) log(`${name}: ${loud}`);
        },
      });
      opened.defer(async () => void (await service.stop(20_000)));
      await service.ready;
    }),
  );
  const open = opened.move();
  return {
    databaseUrl: postgres.url,
    natsUrl: nats.url,
    sources,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
