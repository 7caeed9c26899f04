import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Replica, Victim } from '../plan/fault.ts';
import type { Supervised } from '../world/supervised.ts';
import type { World } from '../world/start-world.ts';
import type { Copies } from './copies.ts';
import { fillStream } from './fill-stream.ts';
import { redeliver } from './redeliver.ts';

export interface Injection {
  readonly world: World;
  readonly copies: Copies;
}

/** Lets a fault happen; resolves when it is over. */
export async function inject({ world, copies }: Injection, fault: Fault): Promise<void> {
  switch (fault.kind) {
    case 'kill':
      return kill(world, fault.victim);
    case 'freeze':
      return fault.victim === 'nats' || fault.victim === 'postgres'
        ? world.kept[fault.victim].freeze(fault.forMs)
        : serviceOf(world, fault.victim).freeze(fault.forMs);
    case 'trouble':
      world.shopServer.trouble(fault.trouble, fault.forMs);
      return undefined;
    case 'copy':
      return copies.publish(fault.stream, fault.messages, fault.under);
    case 'redeliver':
      return redeliver(world.connection, fault);
    case 'fill':
      return fillStream(world, fault.stream, fault.forMs);
    case 'rewind':
      return world.kept.nats.kill(() => world.storeCopies.putBack());
    case 'cut':
    case 'refuse':
    case 'hold':
    case 'delay':
      return disturb(world, fault);
  }
}

type Disturbance = Extract<Fault, { kind: 'cut' | 'refuse' | 'hold' | 'delay' }>;

async function disturb(world: World, fault: Disturbance): Promise<void> {
  const relay = world.lines.find(fault.line);
  switch (fault.kind) {
    case 'cut':
      relay.cut();
      break;
    case 'refuse':
      relay.refuse(true);
      relay.cut();
      await delay(fault.forMs);
      relay.refuse(false);
      break;
    case 'hold':
      relay.hold();
      await delay(fault.forMs);
      if (fault.afterwards === 'cut') relay.cut();
      relay.release();
      break;
    case 'delay':
      relay.delayMs = fault.delayMs;
      await delay(fault.forMs);
      relay.delayMs = 0;
      break;
  }
}

const UNTIL_STARTED_MS = 20;

async function kill(world: World, victim: Victim): Promise<void> {
  if (victim === 'nats') return world.kept.nats.kill(() => world.storeCopies.take());
  if (victim === 'postgres') return world.kept.postgres.kill();
  // Between two processes there is nothing to kill.
  while (!serviceOf(world, victim).kill()) await delay(UNTIL_STARTED_MS);
  return undefined;
}

function serviceOf(world: World, replica: Replica): Supervised {
  const service = world.services.get(replica);
  if (!service) throw new Error(`there is no ${replica}`);
  return service;
}
