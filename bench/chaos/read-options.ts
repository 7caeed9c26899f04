import { parseArgs } from 'node:util';

export interface Options {
  readonly seed: number;
  readonly kills: number;
  readonly minutes: number;
  readonly json: boolean;
}

const usage = `npm run chaos -- [--seed N] [--kills N] [--minutes N] [--json]`;

/** Reads the command line; throws what is wrong with it. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: '1' },
      kills: { type: 'string', default: '200' },
      minutes: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
    },
  });
  const [seed, kills, minutes] = [values.seed, values.kills, values.minutes].map(Number);
  const isWhole = (count: number | undefined): count is number =>
    count !== undefined && Number.isSafeInteger(count) && count >= 0;
  if (!isWhole(seed)) throw new Error(`--seed is a whole number: ${usage}`);
  if (!isWhole(kills) || kills < 1) throw new Error(`--kills is a number above 0: ${usage}`);
  if (minutes === undefined || !(minutes > 0)) {
    throw new Error(`--minutes is a number above 0: ${usage}`);
  }
  return { seed, kills, minutes, json: values.json };
}
