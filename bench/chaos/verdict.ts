/** `unfinished`: nothing differs, but time was up before all that was asked for had happened. */
export type Verdict = 'exact' | 'unfinished' | 'different';

export interface Judged {
  readonly differences: number;
  readonly kills: number;
  readonly killsWanted: number;
}

/** What is to be said of a run; only an exact one is a success. */
export function verdictOf({ differences, kills, killsWanted }: Judged): Verdict {
  if (differences > 0) return 'different';
  return kills < killsWanted ? 'unfinished' : 'exact';
}
