import type { Random } from '../random.ts';

/** What belongs to a record: an order's line, a bin of the stock. No two of one record have the same name. */
export interface Part {
  readonly name: string;
  readonly cents: number;
}

const NAMES = ['a', 'b', 'c', 'd'];
const CENTS_AT_MOST = 9_999;

/** The parts after a change: one is added, changed or removed, or a cent moves from one to another and the sum stays. */
export function changeParts(random: Random, parts: readonly Part[]): Part[] {
  const free = NAMES.filter((name) => parts.every((part) => part.name !== name));
  const what = random.weighted({
    add: free.length > 0 ? 3 : 0,
    change: parts.length > 0 ? 2 : 0,
    move: parts.length > 1 && parts.every(({ cents }) => cents > 1) ? 2 : 0,
    remove: parts.length > 0 ? 2 : 0,
  });
  const cents = random.between(1, CENTS_AT_MOST);
  switch (what) {
    case 'add':
      return [...parts, { name: random.pick(free), cents }];
    case 'change': {
      const { name } = random.pick(parts);
      return parts.map((part) => (part.name === name ? { name, cents } : part));
    }
    case 'move': {
      const by = random.chance(0.5) ? [1, -1] : [-1, 1];
      return parts.map((part, place) => ({ ...part, cents: part.cents + (by[place] ?? 0) }));
    }
    case 'remove': {
      const { name } = random.pick(parts);
      return parts.filter((part) => part.name !== name);
    }
  }
}

/** As many decimals as there are cents. */
export function amountOf(cents: number): string {
  return `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** What a record says of its parts. */
export function sumOf(parts: readonly Part[]): string {
  return amountOf(parts.reduce((sum, { cents }) => sum + cents, 0));
}
