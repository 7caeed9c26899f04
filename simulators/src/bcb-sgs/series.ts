/** A time series of the central bank. */
export interface Series {
  code: number;
  every: 'day' | 'month';
  /** The first day with a value, in days since 1970. */
  firstDay: number;
  decimals: number;
  /** How many days after its date a value is published; monthly values are dated to the first of their month. */
  delayDays: number;
  /** Values that hold for a while tell until when, as `datafim`. */
  hasEnd: boolean;
}

export const dayMs = 86_400_000;

const day = (text: string): number => Date.parse(text) / dayMs;

/** A few real series: dollar, Selic, savings, IPCA, and economic activity, which is revised. */
export const catalogue: readonly Series[] = [
  { code: 1, every: 'day', firstDay: day('1994-07-04'), decimals: 4, delayDays: 0, hasEnd: false },
  { code: 11, every: 'day', firstDay: day('1990-01-02'), decimals: 6, delayDays: 1, hasEnd: false },
  { code: 195, every: 'day', firstDay: day('2012-05-04'), decimals: 4, delayDays: 0, hasEnd: true },
  {
    code: 433,
    every: 'month',
    firstDay: day('1990-01-01'),
    decimals: 2,
    delayDays: 40,
    hasEnd: false,
  },
  {
    code: 24_363,
    every: 'month',
    firstDay: day('2003-01-01'),
    decimals: 5,
    delayDays: 75,
    hasEnd: false,
  },
];
