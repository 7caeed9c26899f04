import { Random } from '../random.ts';

export interface Season {
  id: number;
  sport_id: 1;
  league_id: number;
  name: string;
  finished: boolean;
  is_current: boolean;
  starting_at: string;
  ending_at: string;
}

export interface Fixture {
  id: number;
  sport_id: 1;
  league_id: number;
  season_id: number;
  stage_id: number;
  group_id: null;
  aggregate_id: null;
  round_id: number;
  state_id: number;
  venue_id: number;
  name: string;
  starting_at: string;
  result_info: string | null;
  leg: string;
  details: null;
  length: number;
  placeholder: boolean;
  has_odds: boolean;
  has_premium_odds: boolean;
  starting_at_timestamp: number;
}

/** A match with what its includes show. */
export interface Match {
  fixture: Fixture;
  teams: readonly [number, number];
  goals: readonly [number, number];
}

export interface ContentOptions {
  seed: number;
  clock: () => number;
  /** Matches of each season. */
  fixturesPerSeason: number;
}

/** States of a fixture that this content uses. */
export const states = { notStarted: 1, live: 2, fullTime: 5, postponed: 10 } as const;

export const stateNames: Readonly<Record<number, { state: string; name: string }>> = {
  [states.notStarted]: { state: 'NS', name: 'Not Started' },
  [states.live]: { state: 'INPLAY_1ST_HALF', name: '1st Half' },
  [states.fullTime]: { state: 'FT', name: 'Full Time' },
  [states.postponed]: { state: 'POSTPONED', name: 'Postponed' },
};

const leagueIds = [8, 82, 501];
const dayMs = 86_400_000;

/** Leagues, seasons and fixtures that change as matches are played; a changed match is a new object. */
export class SportmonksContent {
  readonly seasons: readonly Season[];
  readonly #random: Random;
  readonly #clock: () => number;
  readonly #matches = new Map<number, Match>();
  #nextId = 19_000_000;

  constructor({ seed, clock, fixturesPerSeason }: ContentOptions) {
    this.#random = new Random(seed);
    this.#clock = clock;
    const now = new Date(clock());
    // A season begins in August.
    const year = now.getUTCFullYear() - (now.getUTCMonth() < 7 ? 1 : 0);
    this.seasons = leagueIds.flatMap((league, at) =>
      [year - 1, year].map((start) =>
        makeSeason(league, start, { id: 20_000 + at * 100 + start - 2_000, isOver: start < year }),
      ),
    );
    for (const season of this.seasons) {
      const lastMs = clock() - (season.finished ? 400 * dayMs : 0);
      for (let at = fixturesPerSeason; at > 0; at -= 1) {
        this.#put(this.#makeMatch(season, lastMs - at * 3_600_000));
      }
    }
  }

  /** All matches, by id. */
  matches(): Match[] {
    return [...this.#matches.values()].toSorted((a, b) => a.fixture.id - b.fixture.id);
  }

  find(id: number): Match | undefined {
    return this.#matches.get(id);
  }

  /** Matches that were not played end, with goals. */
  finish(count: number): Match[] {
    return this.#pick(count, ({ fixture }) => fixture.state_id === states.notStarted).map((match) =>
      this.#put(this.#played(match)),
    );
  }

  /** Matches that were not played get another time; they keep their id. */
  reschedule(count: number): Match[] {
    return this.#pick(count, ({ fixture }) => fixture.state_id === states.notStarted).map(
      (match) => {
        const startMs = match.fixture.starting_at_timestamp * 1_000 + 7 * dayMs;
        return this.#put({ ...match, fixture: { ...match.fixture, ...startingAt(startMs) } });
      },
    );
  }

  /** Matches that were not played are gone without a trace. */
  remove(count: number): Match[] {
    const picked = this.#pick(count, ({ fixture }) => fixture.state_id === states.notStarted);
    for (const { fixture } of picked) this.#matches.delete(fixture.id);
    return picked;
  }

  /** New matches of the running seasons, which begin now. */
  add(count: number): Match[] {
    const running = this.seasons.filter((season) => season.is_current);
    return Array.from({ length: count }, () =>
      this.#put(this.#makeMatch(this.#random.pick(running), this.#clock())),
    );
  }

  #pick(count: number, fits: (match: Match) => boolean): Match[] {
    return this.#random.sample(this.matches().filter(fits), count);
  }

  #makeMatch(season: Season, startMs: number): Match {
    this.#nextId += 1 + this.#random.whole(40);
    const teams = [1 + this.#random.whole(40), 41 + this.#random.whole(40)] as const;
    const match: Match = {
      teams,
      goals: [0, 0],
      fixture: {
        id: this.#nextId,
        sport_id: 1,
        league_id: season.league_id,
        season_id: season.id,
        stage_id: season.id * 10,
        group_id: null,
        aggregate_id: null,
        round_id: season.id * 100 + this.#random.whole(38),
        state_id: states.notStarted,
        venue_id: 8_000 + teams[0],
        name: `Team ${teams[0]} vs Team ${teams[1]}`,
        ...startingAt(startMs),
        result_info: null,
        leg: '1/1',
        details: null,
        length: 90,
        placeholder: false,
        has_odds: this.#random.happens(0.5),
        has_premium_odds: false,
      },
    };
    return season.finished ? this.#played(match) : match;
  }

  #played(match: Match): Match {
    const goals = [this.#random.whole(5), this.#random.whole(5)] as const;
    const winner = goals[0] === goals[1] ? undefined : match.teams[goals[0] > goals[1] ? 0 : 1];
    const info =
      winner === undefined ? 'Game ended in draw.' : `Team ${winner} won after full-time.`;
    return {
      ...match,
      goals,
      fixture: { ...match.fixture, state_id: states.fullTime, result_info: info },
    };
  }

  #put(match: Match): Match {
    this.#matches.set(match.fixture.id, match);
    return match;
  }
}

function makeSeason(
  leagueId: number,
  start: number,
  { id, isOver }: { id: number; isOver: boolean },
): Season {
  return {
    id,
    sport_id: 1,
    league_id: leagueId,
    name: `${start}/${start + 1}`,
    finished: isOver,
    is_current: !isOver,
    starting_at: `${start}-08-01`,
    ending_at: `${start + 1}-05-31`,
  };
}

/** Times are texts in UTC without a zone, and the same once more as a number. */
function startingAt(startMs: number): Pick<Fixture, 'starting_at' | 'starting_at_timestamp'> {
  return {
    starting_at: new Date(startMs).toISOString().slice(0, 19).replace('T', ' '),
    starting_at_timestamp: Math.floor(startMs / 1_000),
  };
}
