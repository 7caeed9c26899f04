import { Random } from '../random.ts';
import type { RecordRow } from './record-row.ts';

/** What is generated: the same options always give the same records. */
export interface GenerateOptions {
  count: number;
  /** 1 when absent. */
  seed?: number;
  /** Id of the first record; 1,000,000,001 when absent. */
  firstId?: number;
  /** `updated_at` of the first record, in ms since 1970; 2024-01-01 when absent. */
  firstUpdatedMs?: number;
  /** Between the `updated_at` of two neighbours; 1,000 when absent. */
  stepMs?: number;
}

const cities = ['Recife', 'São Paulo', 'Zürich', 'Kraków', 'Osaka', 'Lagos', 'Lima', 'Tromsø'];
const states = ['new', 'paid', 'shipped', 'returned', 'cancelled'];
const words = ['blue', 'late', 'gift', 'fragile', '"urgent"', 'door 3', 'call first', 'naïve'];

/** Makes JSON texts of records with twelve columns, oldest `updated_at` first. */
export function generateRecords(options: GenerateOptions): string[] {
  return generateRows(options).map((row) => row.text);
}

/** The same records with what they are sorted by, which saves parsing them. */
export function generateRows(options: GenerateOptions): RecordRow[] {
  const random = new Random(options.seed ?? 1);
  const firstId = options.firstId ?? 1_000_000_001;
  const firstMs = options.firstUpdatedMs ?? Date.UTC(2024, 0, 1);
  const stepMs = options.stepMs ?? 1_000;
  return Array.from({ length: options.count }, (_, at) => {
    return generateRow(random, firstId + at, firstMs + at * stepMs);
  });
}

function generateRow(random: Random, id: number, updatedMs: number): RecordRow {
  const customer = 1 + random.whole(500_000);
  const createdMs = updatedMs - random.whole(30 * 86_400_000);
  const note = random.happens(0.4) ? null : `${random.pick(words)} ${random.pick(words)}`;
  const updatedWithin = random.whole(1_000);
  // Written by hand: a decimal keeps its zeros and a moment its microseconds. Joined, not
  // concatenated: a million texts made of pieces would hold several times their size.
  const text = [
    `{"id":${id},"customer_id":${customer},"email":"customer${customer}@example.com",`,
    `"city":${JSON.stringify(random.pick(cities))},"status":"${random.pick(states)}",`,
    `"amount":${random.whole(100_000)}.${twoDigits(random)},"quantity":${1 + random.whole(20)},`,
    `"score":${random.whole(10)}.${twoDigits(random)}${twoDigits(random)},`,
    `"is_gift":${random.happens(0.2)},"note":${JSON.stringify(note)},`,
    `"created_at":"${moment(createdMs, random.whole(1_000))}",`,
    `"updated_at":"${moment(updatedMs, updatedWithin)}"}`,
  ].join('');
  return {
    id: String(id),
    updatedMicros: BigInt(updatedMs) * 1_000n + BigInt(updatedWithin),
    text,
  };
}

function twoDigits(random: Random): string {
  return String(random.whole(100)).padStart(2, '0');
}

function moment(timeMs: number, micros: number): string {
  return `${new Date(timeMs).toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}
