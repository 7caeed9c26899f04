/** Something that is not as it has to be. */
export interface Difference {
  /** What was looked at, such as `target events`. */
  readonly where: string;
  /** Which row, run or stream. */
  readonly key: string;
  readonly what: string;
}

export function showDifference({ where, key, what }: Difference): string {
  return `${where} | ${key} | ${what}`;
}
