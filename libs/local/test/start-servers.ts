// A process that starts a PostgreSQL and a nats-server, tells their addresses, and waits to be killed.
import { join } from 'node:path';
import { startNats, startPostgres } from '../src/index.ts';

const [folder = '', binary = ''] = process.argv.slice(2);
const postgres = await startPostgres({ folder: join(folder, 'postgres'), log: () => undefined });
const nats = await startNats({ binary, storeFolder: join(folder, 'nats') });
const told = {
  databaseUrl: postgres.url,
  postgresPid: postgres.pid,
  natsUrl: nats.url,
  natsPid: nats.pid,
};
process.stdout.write(`${JSON.stringify(told)}\n`);
setInterval(() => undefined, 60_000);
