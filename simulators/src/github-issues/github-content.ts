import { Random } from '../random.ts';

/** A GitHub issue or pull request, with the members that its API gives. */
export interface Issue {
  id: number;
  number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  state_reason: string | null;
  comments: number;
  created_at: string;
  updated_at: string;
  closed_at: string | null;
  pull_request?: { url: string };
  [member: string]: unknown;
}

/** A repository, as paths name it. */
export interface Repository {
  owner: string;
  name: string;
  id: number;
}

const logins = ['octocat', 'hubot', 'monalisa', 'defunkt'];
const labelNames = ['bug', 'documentation', 'enhancement', 'good first issue'];

/** The issues of one simulated repository; a changed issue is a new object. */
export class GithubContent {
  readonly repository: Repository;
  readonly #random: Random;
  readonly #clock: () => number;
  readonly #issues = new Map<number, Issue>();
  #nextNumber = 1;

  constructor(options: {
    repository: Repository;
    seed: number;
    clock: () => number;
    issues: number;
  }) {
    this.repository = options.repository;
    this.#random = new Random(options.seed);
    this.#clock = options.clock;
    // One every 37 minutes up to an hour ago, so that no two of them share a moment.
    for (let left = options.issues; left > 0; left -= 1) {
      this.#open(this.#clock() - 3_600_000 - left * 37 * 60_000);
    }
  }

  /** All issues and pull requests, in no order that anyone may rely on. */
  issues(): Issue[] {
    return [...this.#issues.values()];
  }

  openIssues(count: number): Issue[] {
    return Array.from({ length: count }, () => this.#open(this.#clock()));
  }

  /** Somebody comments: `comments` and `updated_at` change. */
  comment(count: number): Issue[] {
    return this.#change(count, (issue) => ({ comments: issue.comments + 1 }));
  }

  closeIssues(count: number): Issue[] {
    return this.#change(count, () => ({
      state: 'closed',
      state_reason: 'completed',
      closed_at: instant(this.#clock()),
    }));
  }

  /** Issues that were transferred or deleted just vanish. */
  remove(count: number): Issue[] {
    const removed = this.#random.sample(this.issues(), count);
    for (const { number } of removed) this.#issues.delete(number);
    return removed;
  }

  #change(count: number, changes: (issue: Issue) => Partial<Issue>): Issue[] {
    return this.#random
      .sample(this.issues(), count)
      .map((issue) =>
        this.#put({ ...issue, ...changes(issue), updated_at: instant(this.#clock()) }),
      );
  }

  #put(issue: Issue): Issue {
    this.#issues.set(issue.number, issue);
    return issue;
  }

  #open(atMs: number): Issue {
    const number = this.#nextNumber;
    this.#nextNumber += 1;
    const { owner, name } = this.repository;
    const api = `https://api.github.com/repos/${owner}/${name}`;
    const isPull = this.#random.happens(0.3);
    const at = instant(atMs);
    return this.#put({
      // Ids of today are beyond what 32 bits hold.
      id: 3_400_000_000 + number * 17,
      node_id: `I_${number}`,
      url: `${api}/issues/${number}`,
      html_url: `https://github.com/${owner}/${name}/${isPull ? 'pull' : 'issues'}/${number}`,
      number,
      title: `${this.#random.pick(['Fix', 'Add', 'Explain'])} part ${number} — “ünïcode” 🐙`,
      body: this.#random.happens(0.1) ? null : `Steps to see it:\n\n1. Start it ${number} times`,
      state: 'open',
      state_reason: null,
      locked: false,
      comments: this.#random.whole(20),
      user: { login: this.#random.pick(logins), id: 1 + this.#random.whole(4), type: 'User' },
      labels: this.#random
        .sample(labelNames, this.#random.whole(3))
        .map((label, place) => ({ id: place + 1, name: label, color: 'd73a4a' })),
      assignee: null,
      assignees: [],
      milestone: this.#random.happens(0.2) ? { number: 1, title: 'v1.0', state: 'open' } : null,
      author_association: 'CONTRIBUTOR',
      created_at: at,
      updated_at: at,
      closed_at: null,
      ...(isPull ? { pull_request: { url: `${api}/pulls/${number}` } } : {}),
    });
  }
}

/** Whole seconds, as the real API writes them. */
function instant(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
