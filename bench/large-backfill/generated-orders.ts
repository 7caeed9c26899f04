/** A record of the source, made from its number. */
export interface LargeOrder {
  readonly id: number;
  readonly customer_id: number;
  readonly email: string;
  readonly amount: string;
  readonly note: string | null;
  readonly updated_at: string;
}

const FIRST_MS = Date.UTC(2020, 0, 1);

/** The record of a number, from 1: always the same one. Each is changed 10 seconds after the one before. */
export function orderOf(id: number): LargeOrder {
  // Digits that look random, so that compression has something to do.
  const mixed = Math.imul(id, 0x9e3779b1) >>> 0;
  const customer = 1 + (mixed % 500_000);
  return {
    id,
    customer_id: customer,
    email: `customer${customer}@example.com`,
    amount: `${mixed % 100_000}.${String(id % 100).padStart(2, '0')}`,
    note: id % 5 === 0 ? null : `note ${mixed.toString(36)} of ${id}`,
    updated_at: `${new Date(FIRST_MS + id * 10_000).toISOString().slice(0, -1)}${String(id % 1_000).padStart(3, '0')}Z`,
  };
}

/** A record as one line, the way the target is read for comparison. */
export function rowText(id: number): string {
  const { customer_id, email, amount, note, updated_at } = orderOf(id);
  const values = [id, customer_id, email, amount, ...(note === null ? [] : [note]), updated_at];
  return `${values.join('|')}\n`;
}
