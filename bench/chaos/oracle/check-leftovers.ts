import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { World } from '../world/start-world.ts';
import { askDifferences } from './ask-differences.ts';
import { FLAKY } from './check-runs.ts';
import type { Difference } from './difference.ts';

const PATIENCE_MS = 30_000;
const ASK_EVERY_MS = 250;

/** Nothing is left behind: no message of work, no lock, no transaction, and no dead letter but of pages that were refused and of bad parcels. */
export async function checkLeftovers(world: World): Promise<Difference[]> {
  const endsMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const left = [...(await messages(world)), ...(await sessions(world))];
    // What was acknowledged is removed a little later, and pools ask the server whether it is well.
    if (left.length === 0 || performance.now() > endsMs)
      return [...left, ...(await letters(world))];
    await delay(ASK_EVERY_MS);
  }
}

async function messages({ connection }: World): Promise<Difference[]> {
  const manager = await jetstreamManager(connection);
  const found: Difference[] = [];
  for (const { config, state } of await Array.fromAsync(manager.streams.list())) {
    const isWork = config.retention === 'workqueue';
    if (!isWork || state.messages === 0) continue;
    found.push({
      where: 'streams',
      key: config.name,
      what: `holds ${state.messages} messages, ${state.first_seq} to ${state.last_seq}`,
    });
  }
  return found;
}

async function sessions({ pool }: World): Promise<Difference[]> {
  return askDifferences(
    pool,
    'sessions',
    `select concat(application_name, ' ', pid) as key, format('%s since %s: %s', state, state_change, query) as what
       from pg_stat_activity
      where state like 'idle in transaction%'
     union all
     select concat(a.application_name, ' ', a.pid), format('holds %s on %s', l.mode, l.relation::regclass)
       from pg_locks l
       join pg_stat_activity a on a.pid = l.pid
      where a.application_name like 'tidemark%' and l.granted and a.state = 'idle'
        and l.locktype <> 'virtualxid'`,
  );
}

async function letters({ pool }: World): Promise<Difference[]> {
  return askDifferences(
    pool,
    'dead letters',
    `select id::text as key, format('%s %s %s: %s', collector_name, kind, code, reason) as what
       from tidemark.dead_letters
      where not (collector_name = '${FLAKY}' and kind = 'page'
                 and code in ('SOURCE_UNAVAILABLE', 'SOURCE_THROTTLED', 'RESPONSE_INVALID'))
        and not (collector_name = 'parcels' and kind in ('record', 'row'))`,
  );
}
