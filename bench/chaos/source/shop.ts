import type { Random } from '../random.ts';
import { Parcels } from './parcels.ts';
import { amountOf, changeParts, sumOf, type Part } from './parts.ts';

/** A row with a time, as the source has it now. */
export interface Dated {
  /** Digits beyond what a double holds. */
  readonly id: string;
  /** Microseconds since 1970. */
  readonly atUs: bigint;
  readonly region: Region;
  readonly amount: string;
  readonly note: string;
}

/** An order's amount is the sum of its lines. */
export interface Order extends Dated {
  readonly lines: readonly Part[];
  readonly tags: readonly string[];
}

/** The amount in stock is the sum of what lies in the bins. */
export interface Stocked {
  readonly id: string;
  readonly amount: string;
  readonly note: string;
  readonly bins: readonly Part[];
}

export interface OfDay {
  readonly day: string;
  readonly place: string;
  readonly amount: string;
}

export const regions = ['north', 'south'] as const;
export type Region = (typeof regions)[number];

const DAY_US = 86_400_000_000n;
const FIRST_ID = 9_007_199_254_740_993n;
const TAGS = ['gift', 'late', 'fragile'];
const PLACES = ['harbour', 'market', 'station'];
const STOCKED_AT_MOST = 250;
/** How late a row appears at most: less than what collectors look back. */
const LATE_AT_MOST_MS = 9_000;

/** How far the past of the events reaches, and where live collection begins. */
export const eventsBegin = { backfillDays: 40, liveDays: 10 } as const;

/**
 * A small shop with a past, in which things go on happening: events that are only added, some of them late; orders that are
 * added and changed, with their lines and tags; stock that comes, goes, and moves from bin to bin; figures of days that are
 * corrected; parcels, some of which no collector takes. What it holds is the truth that targets are compared with.
 */
export class Shop {
  readonly events = new Map<string, Dated>();
  readonly orders = new Map<string, Order>();
  readonly stock = new Map<string, Stocked>();
  readonly days = new Map<string, OfDay>();
  readonly parcels: Parcels;
  /** Beginning of the first tick: rows that are older were there from the start. */
  readonly startedUs: bigint;
  readonly #random: Random;
  #lastId = FIRST_ID;
  #lastUs = 0n;

  constructor(random: Random) {
    this.#random = random;
    this.parcels = new Parcels(random);
    this.startedUs = this.#now();
    this.#addPast();
  }

  /** A few changes, all of the present moment. */
  change(): void {
    const random = this.#random;
    for (let count = random.between(0, 2); count > 0; count -= 1) this.#addEvent();
    if (random.chance(0.5)) this.#putOrder(this.#newId());
    if (random.chance(0.4)) this.#putOrder(random.pick([...this.orders.keys()]));
    if (random.chance(0.4)) this.#changeStock();
    if (random.chance(0.2)) this.#changeDay();
    if (random.chance(0.3)) this.parcels.put(this.#newId(), this.#now());
    if (random.chance(0.3)) this.parcels.put(random.pick(this.parcels.ids()), this.#now());
  }

  #addPast(): void {
    const at = (days: number): bigint =>
      this.startedUs - (DAY_US / 1_000n) * BigInt(Math.round(days * 1_000)) - 60_000_000n;
    const { backfillDays, liveDays } = eventsBegin;
    for (let count = 0; count < 1_500; count += 1) {
      this.#addEvent(at(liveDays + this.#random.next() * (backfillDays - liveDays)));
    }
    for (let count = 0; count < 800; count += 1) this.#addEvent(at(this.#random.next() * liveDays));
    for (let count = 0; count < 300; count += 1) {
      this.#putOrder(this.#newId(), at(this.#random.next() * 2));
    }
    for (let count = 0; count < 200; count += 1) {
      this.parcels.put(this.#newId(), at(this.#random.next() * 2));
    }
    for (let count = 0; count < 150; count += 1) this.#changeStock();
    for (let back = 5n; back >= 0n; back -= 1n) {
      for (const place of PLACES) this.#putDay(dayOf(this.startedUs - back * DAY_US), place);
    }
  }

  #addEvent(pastUs?: bigint): void {
    const id = this.#newId();
    const isLate = pastUs === undefined && this.#random.chance(0.3);
    // It appears with a time that has passed already.
    const lateUs = isLate ? BigInt(this.#random.between(1, LATE_AT_MOST_MS)) * 1_000n : 0n;
    const atUs = pastUs ?? this.#now() - lateUs;
    this.events.set(id, { ...this.#content(id), atUs });
  }

  #putOrder(id: string, pastUs?: bigint): void {
    const random = this.#random;
    const { region = random.pick(regions), lines: before = [] } = this.orders.get(id) ?? {};
    const atUs = pastUs ?? this.#now();
    const lines = changeParts(random, changeParts(random, before));
    const tags = Array.from({ length: random.between(0, 2) }, () => random.pick(TAGS));
    const amount = sumOf(lines);
    this.orders.set(id, { ...this.#content(id), region, atUs, amount, lines, tags });
  }

  #changeStock(): void {
    const random = this.#random;
    const isFull = this.stock.size >= STOCKED_AT_MOST;
    const what = random.weighted({ add: isFull ? 0 : 3, change: 4, remove: isFull ? 3 : 1 });
    const id =
      what === 'add' || this.stock.size === 0 ? this.#newId() : random.pick([...this.stock.keys()]);
    if (what === 'remove') {
      this.stock.delete(id);
      return;
    }
    const { note = this.#content(id).note, bins: before = [] } = this.stock.get(id) ?? {};
    const bins = changeParts(random, before);
    this.stock.set(id, { id, note, amount: sumOf(bins), bins });
  }

  #changeDay(): void {
    const now = this.#now();
    // Collectors read today and yesterday in any case; earlier days are closed.
    const day = dayOf(this.#random.chance(0.5) ? now : now - DAY_US);
    this.#putDay(day, this.#random.pick(PLACES));
  }

  #putDay(day: string, place: string): void {
    this.days.set(`${day} ${place}`, { day, place, amount: this.#amount() });
  }

  #content(id: string): Omit<Dated, 'atUs'> {
    const note = `note ${this.#random.between(1, 1_000_000)} of ${id}`;
    return { id, region: this.#random.pick(regions), amount: this.#amount(), note };
  }

  #amount(): string {
    return `${amountOf(this.#random.between(0, 9_999_999))}${this.#random.between(1, 9)}`;
  }

  #newId(): string {
    this.#lastId += BigInt(this.#random.between(1, 3));
    return String(this.#lastId);
  }

  /** No moment comes twice. */
  #now(): bigint {
    const nowUs = BigInt(Date.now()) * 1_000n;
    this.#lastUs = nowUs > this.#lastUs ? nowUs : this.#lastUs + 1n;
    return this.#lastUs;
  }
}

export function dayOf(us: bigint): string {
  return new Date(Number(us / 1_000n)).toISOString().slice(0, 10);
}

/** A moment as the source writes it: six digits below the second. */
export function isoOf(us: bigint): string {
  const ms = new Date(Number(us / 1_000n)).toISOString().slice(0, -1);
  return `${ms}${String(us % 1_000n).padStart(3, '0')}Z`;
}
