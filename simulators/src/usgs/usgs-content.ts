import { Random } from '../random.ts';
import type { Feature } from './read-earthquakes.ts';
import { readEarthquakes } from './read-earthquakes.ts';

/** Events that were old when they became visible. */
export interface LateEvents {
  count: number;
  /** How long before now they happened. */
  eventAgeMs: number;
  /** How long before now their `updated` lies: they became visible later than it says. */
  updatedAgoMs: number;
}

/** The events of a simulated catalogue; a changed event is a new object. */
export class UsgsContent {
  readonly #random: Random;
  readonly #clock: () => number;
  readonly #events = new Map<string, Feature>();
  readonly #texts = new WeakMap<Feature, string>();
  #nextCode = 1;

  constructor(options: { seed: number; clock: () => number; isEmpty: boolean }) {
    this.#random = new Random(options.seed);
    this.#clock = options.clock;
    for (const event of options.isEmpty ? [] : readEarthquakes()) this.#put(event);
  }

  /** All events, deleted ones too, in no order that anyone may rely on. */
  events(): Feature[] {
    return [...this.#events.values()];
  }

  /** The JSON text of an event, rendered once. */
  textOf(event: Feature): string {
    const known = this.#texts.get(event);
    if (known !== undefined) return known;
    const text = JSON.stringify(event);
    this.#texts.set(event, text);
    return text;
  }

  /** Gives events a new magnitude; they are updated now. */
  revise(count: number): Feature[] {
    return this.#random.sample(this.#present(), count).map((event) => {
      const step = (1 + this.#random.whole(5)) / 10;
      const mag = Number(((event.properties.mag ?? 0) + step).toFixed(2));
      return this.#change(event, { mag, title: titleOf(mag, event), status: 'reviewed' });
    });
  }

  /** Adds events that happen now. */
  addEvents(count: number): Feature[] {
    const nowMs = this.#clock();
    return this.#add(count, { timeMs: nowMs, updatedMs: nowMs });
  }

  /** Adds events of the past. */
  addLateEvents(late: LateEvents): Feature[] {
    const nowMs = this.#clock();
    const times = { timeMs: nowMs - late.eventAgeMs, updatedMs: nowMs - late.updatedAgoMs };
    return this.#add(late.count, times);
  }

  /** Adds events at given moments. */
  addEventsAt(count: number, timeMs: number, updatedMs: number): Feature[] {
    return this.#add(count, { timeMs, updatedMs });
  }

  /** Marks events as deleted; only queries that include deleted ones show them from then on. */
  deleteEvents(count: number): Feature[] {
    return this.#random.sample(this.#present(), count).map((event) => {
      return this.#change(event, { status: 'deleted' });
    });
  }

  #present(): Feature[] {
    return this.events().filter((event) => !isDeleted(event));
  }

  #add(count: number, times: { timeMs: number; updatedMs: number }): Feature[] {
    return Array.from({ length: count }, () => this.#put(this.#makeEvent(times)));
  }

  #makeEvent(times: { timeMs: number; updatedMs: number }): Feature {
    const code = `7000${String(this.#nextCode).padStart(6, '0')}`;
    this.#nextCode += 1;
    const id = `us${code}`;
    // The real catalogue has events whose magnitude is not known yet.
    const mag = this.#random.happens(0.05) ? null : this.#random.whole(700) / 100;
    const place = `${1 + this.#random.whole(90)}km ${this.#random.pick(['N', 'SE', 'W'])} of Amboy`;
    return {
      type: 'Feature',
      properties: {
        mag,
        place,
        time: times.timeMs,
        updated: times.updatedMs,
        ...constants,
        url: `https://earthquake.usgs.gov/earthquakes/eventpage/${id}`,
        detail: `https://earthquake.usgs.gov/earthquakes/feed/v1.0/detail/${id}.geojson`,
        code,
        ids: `,${id},`,
        title: `M ${mag === null ? '?' : mag.toFixed(1)} - ${place}`,
      },
      geometry: { type: 'Point', coordinates: this.#coordinates() },
      id,
    };
  }

  #coordinates(): number[] {
    const degrees = (within: number): number => (this.#random.whole(20_000) / 10_000 - 1) * within;
    const rounded = (value: number): number => Number(value.toFixed(4));
    return [rounded(degrees(180)), rounded(degrees(85)), this.#random.whole(6_000) / 100];
  }

  #change(event: Feature, properties: Partial<Feature['properties']>): Feature {
    // An update later than the last one, even when the clock stands still.
    const updated = Math.max(this.#clock(), event.properties.updated + 1);
    return this.#put({ ...event, properties: { ...event.properties, ...properties, updated } });
  }

  #put(event: Feature): Feature {
    this.#events.set(event.id, event);
    return event;
  }
}

/** True for an event that was withdrawn. */
export function isDeleted(event: Feature): boolean {
  return event.properties.status === 'deleted';
}

function titleOf(mag: number, event: Feature): string {
  return `M ${mag.toFixed(1)} - ${event.properties.place}`;
}

const constants = {
  tz: null,
  felt: null,
  cdi: null,
  mmi: null,
  alert: null,
  status: 'automatic',
  tsunami: 0,
  sig: 10,
  net: 'us',
  sources: ',us,',
  types: ',origin,phase-data,',
  nst: null,
  dmin: null,
  rms: 0.5,
  gap: null,
  magType: 'ml',
  type: 'earthquake',
};
