import { Random } from '../random.ts';
import {
  copiedStreams,
  replicas,
  squeezedStreams,
  troubles,
  type Fault,
  type LineName,
  type Step,
  type Victim,
} from './fault.ts';

export interface PlanRequest {
  readonly seed: number;
  readonly kills: number;
  readonly minutes: number;
}

/** Two kills are seldom further apart, however much time there is. */
const MOST_BETWEEN_KILLS_MS = 2_000;
/** The share of the time that faults may take; the rest is for starting, coming to rest and looking. */
const SHARE_OF_TIME = 0.6;
/** Longer than a message stays with a process that says nothing, and than a transaction may idle. */
const FREEZE_MS = { least: 2_500, most: 6_000 };

/** How often each victim is killed, in relation to the others. */
const victims: Readonly<Record<Victim, number>> = {
  'watermark-1': 2,
  'watermark-2': 2,
  'extractor-1': 3,
  'extractor-2': 3,
  'transformer-1': 4,
  'loader-1': 3,
  'loader-2': 3,
  nats: 3,
  postgres: 2,
};

/** Everything but kills, and how often. */
const others = {
  freeze: 2,
  cut: 3,
  refuse: 1,
  hold: 2,
  delay: 2,
  trouble: 4,
  copy: 5,
  fill: 2,
  rewind: 1,
};

/** What goes wrong, one after the other, until all kills are done: the same for the same request. */
export function makePlan({ seed, kills, minutes }: PlanRequest): Step[] {
  const random = new Random(seed);
  const betweenKillsMs = Math.min(
    MOST_BETWEEN_KILLS_MS,
    (minutes * 60_000 * SHARE_OF_TIME) / kills,
  );
  const steps: Step[] = [];
  for (let killed = 0; killed < kills;) {
    // Half of the steps are kills, so two steps make the time of a kill.
    const afterMs = Math.round(random.next() * betweenKillsMs);
    const isKill = random.chance(0.5);
    if (isKill) killed += 1;
    steps.push({ afterMs, fault: isKill ? makeKill(random) : makeOther(random) });
  }
  return steps;
}

function makeKill(random: Random): Fault {
  return { kind: 'kill', victim: random.weighted(victims) };
}

function makeOther(random: Random): Fault {
  const kind = random.weighted(others);
  switch (kind) {
    case 'freeze':
      return {
        kind,
        victim: random.pick([...replicas, 'nats'] as const),
        forMs: random.between(FREEZE_MS.least, FREEZE_MS.most),
      };
    case 'cut':
      return { kind, line: pickLine(random) };
    case 'refuse':
      return { kind, line: pickLine(random), forMs: random.between(200, 3_000) };
    case 'hold':
      return {
        kind,
        line: pickLine(random),
        forMs: random.between(500, 5_000),
        afterwards: random.pick(['release', 'cut'] as const),
      };
    case 'delay':
      return {
        kind,
        line: pickLine(random),
        delayMs: random.between(5, 100),
        forMs: random.between(500, 4_000),
      };
    case 'trouble':
      return { kind, trouble: random.pick(troubles), forMs: random.between(200, 2_500) };
    case 'copy':
      return { kind, stream: random.pick(copiedStreams), messages: random.between(1, 10) };
    case 'fill':
      return { kind, stream: random.pick(squeezedStreams), forMs: random.between(300, 3_000) };
    case 'rewind':
      return { kind };
  }
}

function pickLine(random: Random): LineName {
  const which = random.weighted({ replica: 8, source: 2, ledger: 1 });
  if (which !== 'replica') return which;
  const of = random.pick(replicas);
  // A transformer has no database.
  if (of === 'transformer-1') return { of, to: 'nats' };
  return { of, to: random.pick(['nats', 'database'] as const) };
}
