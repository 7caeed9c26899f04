import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** One process of ours as a deployment starts it. */
export interface Deployed {
  /** How it is called in a sentence. */
  readonly what: string;
  /** The folder of the project that it is started in, `services/loader`. */
  readonly folder: string;
  readonly main: string;
  /** What it is given; a value that only a secret knows is undefined. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What a secret may hold, for settings that are checked for their form. */
const stand = 'postgres://user:password@host:5432/tidemark';

/** Read by the SDK of OpenTelemetry or by our start of it, partly under names that are put together. */
const telemetry =
  /^OTEL_(EXPORTER_OTLP_.+|BSP_.+|(TRACES|METRICS)_EXPORTER|METRIC_EXPORT_INTERVAL|SERVICE_NAME|RESOURCE_ATTRIBUTES|SDK_DISABLED)$/;

/** Finds settings that are missing or wrong, by the very function that the process reads them with, and ones that nobody reads. */
export async function checkSettings(root: string, deployed: Deployed): Promise<string[]> {
  const env = Object.fromEntries(
    Object.entries(deployed.env).map(([name, value]) => [name, value ?? stand]),
  );
  if (!existsSync(join(root, deployed.folder, deployed.main))) {
    return [`${deployed.what}: ${deployed.folder} has no ${deployed.main}`];
  }
  const problem = await refusal(root, deployed, env);
  const source = sourceOf(root, deployed.folder);
  const unread = Object.keys(env).filter((name) => !isRead(name, source));
  return [
    ...(problem === undefined ? [] : [`${deployed.what}: ${problem}`]),
    ...unread.map((name) => `${deployed.what}: ${name} is set, and nobody reads it`),
  ];
}

function isRead(name: string, source: string): boolean {
  if (telemetry.test(name) || name.startsWith('TIDEMARK_SECRET_')) return true;
  return new RegExp(`\\b${name.replace(/_FILE$/, '')}\\b`).test(source);
}

type ReadSettings = (env: NodeJS.ProcessEnv) => unknown;

async function refusal(
  root: string,
  { folder, main }: Deployed,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const file = join(root, folder, 'src', 'config.ts');
  // The program is found by its folder, so that a new service is checked as soon as it is there.
  const config = (await import(pathToFileURL(file).href)) as Record<string, ReadSettings>;
  const read = config[readers.get(main) ?? 'readConfig'];
  if (!read) return undefined;
  try {
    read(env);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Programs of a service that read less than all of its settings. */
const readers: ReadonlyMap<string, string> = new Map([['src/migrate.ts', 'readDatabaseUrl']]);

const sources = new Map<string, string>();

/** The code of a package and of all of ours that it depends on. */
function sourceOf(root: string, folder: string): string {
  const known = sources.get(folder);
  if (known !== undefined) return known;
  const folders = new Set<string>();
  collect(root, folder, folders);
  const text = [...folders].map((each) => codeIn(join(root, each, 'src'))).join('\n');
  sources.set(folder, text);
  return text;
}

function collect(root: string, folder: string, into: Set<string>): void {
  if (into.has(folder)) return;
  into.add(folder);
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    const [, ours] = /^@tidemark\/(.+)$/.exec(name) ?? [];
    const inLibs = `libs/${ours}`;
    if (ours !== undefined && existsSync(join(root, inLibs))) collect(root, inLibs, into);
  }
}

function codeIn(folder: string): string {
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}
