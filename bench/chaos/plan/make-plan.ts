import { Deck, Random } from '../random.ts';
import {
  workStreams,
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
  copy: 4,
  redeliver: 2,
  fill: 2,
  rewind: 1,
};

const lines: readonly LineName[] = [
  ...replicas.flatMap((of): LineName[] => {
    const toNats = { of, to: 'nats' } as const;
    // A transformer has no database.
    return of === 'transformer-1' ? [toNats] : [toNats, { of, to: 'database' }];
  }),
  'source',
  'source',
  'source',
  'ledger',
  'ledger',
];

/** What goes wrong, one after the other, until all kills are done: the same for the same request. */
export function makePlan({ seed, kills, minutes }: PlanRequest): Step[] {
  const random = new Random(seed);
  const makeFault = faultMaker(random);
  const killed = Deck.of(random, victims);
  const betweenKillsMs = Math.min(
    MOST_BETWEEN_KILLS_MS,
    (minutes * 60_000 * SHARE_OF_TIME) / kills,
  );
  const steps: Step[] = [];
  for (let count = 0; count < kills;) {
    // Half of the steps are kills, so two steps make the time of a kill.
    const afterMs = Math.round(random.next() * betweenKillsMs);
    const isKill = random.chance(0.5);
    if (isKill) count += 1;
    steps.push({ afterMs, fault: isKill ? { kind: 'kill', victim: killed.deal() } : makeFault() });
  }
  return steps;
}

/** Makes one fault after the other, none of them kills. */
function faultMaker(random: Random): () => Fault {
  const decks = {
    kind: Deck.of(random, others),
    frozen: new Deck(random, [...replicas, 'nats', 'postgres'] as const),
    line: new Deck(random, lines),
    trouble: new Deck(random, troubles),
    squeezed: new Deck(random, squeezedStreams),
  };
  const line = (): LineName => decks.line.deal();
  return () => {
    const kind = decks.kind.deal();
    switch (kind) {
      case 'freeze':
        return {
          kind,
          victim: decks.frozen.deal(),
          forMs: random.between(FREEZE_MS.least, FREEZE_MS.most),
        };
      case 'cut':
        return { kind, line: line() };
      case 'refuse':
        return { kind, line: line(), forMs: random.between(200, 3_000) };
      case 'hold':
        return {
          kind,
          line: line(),
          forMs: random.between(500, 5_000),
          afterwards: random.pick(['release', 'cut'] as const),
        };
      case 'delay':
        return {
          kind,
          line: line(),
          delayMs: random.between(5, 100),
          forMs: random.between(500, 4_000),
        };
      case 'trouble':
        return { kind, trouble: decks.trouble.deal(), forMs: random.between(200, 2_500) };
      case 'copy':
        return {
          kind,
          stream: random.pick(workStreams),
          messages: random.between(1, 10),
          under: random.pick(['their ids', 'other ids'] as const),
        };
      case 'redeliver':
        return {
          kind,
          stream: random.pick(workStreams),
          messages: random.between(1, 5),
          after: random.pick(['a refusal', 'a silence'] as const),
        };
      case 'fill':
        return { kind, stream: decks.squeezed.deal(), forMs: random.between(300, 3_000) };
      case 'rewind':
        return { kind };
    }
  };
}
