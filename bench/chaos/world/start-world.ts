import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findNatsServer,
  serviceNames,
  startNats,
  startPostgres,
  type NatsServer,
  type PostgresServer,
} from '@tidemark/local';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type pg from 'pg';
import { StoreCopies } from '../faults/store-copies.ts';
import { replicas, type Replica } from '../plan/fault.ts';
import { Random } from '../random.ts';
import { Ledger } from '../source/ledger.ts';
import { serveShop, type ShopServer } from '../source/serve-shop.ts';
import { Shop } from '../source/shop.ts';
import { definitionsOf, parcelConstraint } from './definitions.ts';
import { KeptServer } from './kept-server.ts';
import { openPool } from './open-pool.ts';
import { Lines, through } from './lines.ts';
import { Supervised } from './supervised.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Time-outs short enough that what a fault holds back comes again within seconds, and streams that are often full. */
const settings = {
  TIDEMARK_ACK_WAIT_MS: '2000',
  TIDEMARK_SWEEP_MS: '500',
  TIDEMARK_LOST_AFTER_MS: '4000',
  TIDEMARK_PROVISION_MS: '3000',
  TIDEMARK_STREAM_MAX_BYTES: '24000',
  TIDEMARK_LOG_LEVEL: 'info',
  OTEL_SDK_DISABLED: 'true',
};

/** A process that ended although nobody had killed it. */
export interface OwnEnd {
  readonly replica: Replica;
  readonly how: string;
  /** The last thing that it said. */
  readonly lastLine: string;
}

/** The whole product as processes on loopback, its servers, its sources, and a relay on each way between them. */
export interface World extends AsyncDisposable {
  /** Logs, servers' data and what the oracle finds. */
  readonly folder: string;
  /** Where the definitions are, and the address of the shop that they name. */
  readonly definitions: string;
  readonly shopUrl: string;
  readonly shop: Shop;
  readonly shopServer: ShopServer;
  readonly ledger: Ledger;
  readonly lines: Lines;
  readonly nats: NatsServer;
  readonly postgres: PostgresServer;
  readonly kept: { readonly nats: KeptServer; readonly postgres: KeptServer };
  readonly storeCopies: StoreCopies;
  readonly services: ReadonlyMap<Replica, Supervised>;
  /** Past all relays. */
  readonly pool: pg.Pool;
  readonly connection: NatsConnection;
  readonly ownEnds: readonly OwnEnd[];
  /** Whether the folder stays when all has ended. */
  keepFolder: boolean;
}

/** Starts all of it in a new folder; resolves when every service is ready. */
export async function startWorld(seed: number, tell: (line: string) => void): Promise<World> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-chaos-'));
  // PostgreSQL may run as another user, who has to pass through.
  await chmod(folder, 0o755);
  const kept = { folder: false };
  opened.defer(async () => {
    if (!kept.folder) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const { nats, postgres } = await startServers(folder, opened);
  const shop = new Shop(new Random(seed + 1));
  const shopServer = opened.use(await serveShop(shop, new Random(seed + 2)));
  const ledger = opened.use(await Ledger.create(postgres.url, new Random(seed + 3)));
  const lines = opened.use(
    await Lines.open({
      natsUrl: nats.url,
      databaseUrl: postgres.url,
      shopPort: shopServer.port,
    }),
  );
  const connection = await connect({ servers: nats.url, maxReconnectAttempts: -1 });
  opened.defer(() => connection.close());
  const pool = openPool(postgres.url, 4);
  opened.defer(() => pool.end());

  const definitions = join(folder, 'collectors');
  await mkdir(definitions);
  const shopUrl = `http://127.0.0.1:${lines.source.port}`;
  for (const [file, yaml] of Object.entries(definitionsOf(shop, { shopUrl }))) {
    await writeFile(join(definitions, file), yaml);
  }
  const ownEnds: OwnEnd[] = [];
  const services = new Map(
    replicas.map((id) => [
      id,
      new Supervised({
        id,
        name: serviceOf(id),
        root,
        logFile: join(folder, `${id}.log`),
        env: {
          ...settings,
          NATS_URL: `nats://127.0.0.1:${lines.ownOf(id).nats.port}`,
          DATABASE_URL: through(postgres.url, lines.ownOf(id).database),
          TIDEMARK_COLLECTORS_DIR: definitions,
          TIDEMARK_SECRET_LEDGER: through(ledger.url, lines.ledger),
        },
        onOwnEnd: (how, lastLine) => {
          ownEnds.push({ replica: id, how, lastLine });
          tell(`${id} ended by itself with ${how}: ${lastLine}`);
        },
      }),
    ]),
  );
  opened.defer(async () => {
    await Promise.all([...services.values()].map((service) => service.end()));
  });
  await Promise.all([...services.values()].map((service) => service.start()));
  await constrainParcels(pool);
  const keptServers = { nats: new KeptServer(nats), postgres: new KeptServer(postgres) };
  opened.defer(async () => {
    await keptServers.nats.close();
    await keptServers.postgres.close();
  });
  const owned = opened.move();
  return {
    folder,
    definitions,
    shopUrl,
    shop,
    shopServer,
    ledger,
    lines,
    nats,
    postgres,
    kept: keptServers,
    storeCopies: new StoreCopies(join(folder, 'nats', 'jetstream'), join(folder, 'nats-copies')),
    services,
    pool,
    connection,
    ownEnds,
    get keepFolder() {
      return kept.folder;
    },
    set keepFolder(isKept) {
      kept.folder = isKept;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** From now on PostgreSQL refuses some parcels, too; their target is there since its collector is registered. */
async function constrainParcels(pool: pg.Pool): Promise<void> {
  await pool.query(
    `alter table public.parcels add constraint ${parcelConstraint} check (amount > 0)`,
  );
}

async function startServers(
  folder: string,
  opened: AsyncDisposableStack,
): Promise<{ nats: NatsServer; postgres: PostgresServer }> {
  const log = (): void => undefined;
  const binary = await findNatsServer({ cacheFolder: join(root, '.tidemark', 'tools'), log });
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    fsync: false,
    settings: { max_connections: '200' },
    log,
  });
  opened.defer(() => postgres.stop());
  const nats = await startNats({ binary, storeFolder: join(folder, 'nats') });
  opened.defer(() => nats.stop());
  return { nats, postgres };
}

function serviceOf(replica: Replica): (typeof serviceNames)[number] {
  const name = serviceNames.find((each) => replica.startsWith(each));
  if (name === undefined) throw new Error(`${replica} is of no service`);
  return name;
}
