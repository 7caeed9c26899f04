import { Octokit } from 'octokit';
import { afterEach, describe, expect, test } from 'vitest';
import type { GithubIssuesOptions, GithubIssuesSimulator, Issue } from '../src/index.ts';
import { startGithubIssues } from '../src/index.ts';

const nowMs = Date.UTC(2026, 1, 7, 2);
const started: GithubIssuesSimulator[] = [];

async function start(options: GithubIssuesOptions = {}): Promise<GithubIssuesSimulator> {
  const simulator = await startGithubIssues({ clock: () => nowMs, ...options });
  started.push(simulator);
  return simulator;
}

afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop();
});

const list = '/repos/octocat/hello-world/issues';

async function ask(
  simulator: GithubIssuesSimulator,
  query = '',
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${simulator.url}${list}${query}`, { headers });
}

const numbersOf = (issues: readonly { number: number }[]): number[] =>
  issues.map(({ number }) => number).toSorted((a, b) => a - b);

describe('the official client', () => {
  const clientOf = ({ url }: GithubIssuesSimulator, auth?: string): Octokit =>
    new Octokit({ baseUrl: url, auth, throttle: { enabled: false }, retry: { enabled: false } });

  test('reads all pages of issues, each once', async () => {
    const simulator = await start({ issues: 237 });

    const issues = await clientOf(simulator).paginate('GET /repos/{owner}/{repo}/issues', {
      owner: 'octocat',
      repo: 'hello-world',
      state: 'all',
      per_page: 20,
    });

    expect(issues.map(({ number }) => number)).toEqual(
      numbersOf(simulator.control.content()).toReversed(),
    );
    expect(simulator.requests).toHaveLength(12);
    expect(issues.some((issue) => issue.pull_request)).toBe(true);
  });

  test('follows changes since a moment, page by page', async () => {
    const simulator = await start({ issues: 60 });
    const changed = simulator.control.comment(25);
    const client = clientOf(simulator);

    const found: number[] = [];
    const pages = client.paginate.iterator(client.rest.issues.listForRepo, {
      owner: 'octocat',
      repo: 'hello-world',
      state: 'all',
      sort: 'updated',
      direction: 'asc',
      since: new Date(nowMs - 1_000).toISOString(),
      per_page: 10,
    });
    for await (const { data } of pages) found.push(...data.map(({ number }) => number));

    expect(found.toSorted((a, b) => a - b)).toEqual(numbersOf(changed));
  });

  test('is told of a wrong token, an unknown repository and a wrong parameter', async () => {
    const simulator = await start({ token: 'right' });
    const path = 'GET /repos/{owner}/{repo}/issues';
    const known = { owner: 'octocat', repo: 'hello-world' };

    await expect(clientOf(simulator, 'wrong').request(path, known)).rejects.toMatchObject({
      status: 401,
    });
    const client = clientOf(simulator, 'right');
    await expect(client.request(path, { ...known, repo: 'other' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(client.request(path, { ...known, since: 'yesterday' })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Validation Failed'),
    });
    expect((await client.request(path, known)).data).toHaveLength(30);
  });
});

test('the links name the repository by its id, and the last page has no next one', async () => {
  const simulator = await start({ issues: 65 });

  const first = await ask(simulator, '?state=all');
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  expect(next).toBe(`${simulator.url}/repositories/1296269/issues?state=all&page=2`);
  const last = await fetch(next.replace('page=2', 'page=3'));
  expect(await last.json()).toHaveLength(5);
  expect(last.headers.get('link')).not.toContain('rel="next"');
  const beyond = await fetch(next.replace('page=2', 'page=9'));
  expect(await beyond.json()).toEqual([]);
});

test('pages are made smaller without a word, closed issues are left out unless asked for', async () => {
  const simulator = await start({ issues: 150 });
  simulator.control.closeIssues(20);

  expect(await (await ask(simulator, '?state=all&per_page=1000')).json()).toHaveLength(100);
  const open = (await (await ask(simulator, '?per_page=100&page=2')).json()) as Issue[];
  expect(open).toHaveLength(30);
});

test('an unchanged answer is 304 and counts nothing', async () => {
  const simulator = await start();

  const first = await ask(simulator);
  const etag = first.headers.get('etag') ?? '';
  const second = await ask(simulator, '', { 'if-none-match': etag });
  expect(second.status).toBe(304);
  expect(simulator.control.usedQuota()).toBe(1);

  simulator.control.openIssues(1);
  expect((await ask(simulator, '', { 'if-none-match': etag })).status).toBe(200);
});

test('an ETag may change although nothing has', async () => {
  const simulator = await start({ unstableEtagShare: 1 });

  const etag = (await ask(simulator)).headers.get('etag') ?? '';

  expect((await ask(simulator, '', { 'if-none-match': etag })).status).toBe(200);
});

test('without quota every request is refused, with the second of the reset', async () => {
  const simulator = await start({ quota: 2 });

  expect((await ask(simulator)).headers.get('x-ratelimit-remaining')).toBe('1');
  await ask(simulator);
  const refused = await ask(simulator);

  expect(refused.status).toBe(403);
  expect(refused.headers.get('x-ratelimit-remaining')).toBe('0');
  expect(Number(refused.headers.get('x-ratelimit-reset'))).toBe(nowMs / 1_000 + 3_600);
  expect(await refused.json()).toMatchObject({ message: expect.stringContaining('rate limit') });
});

test.each([
  [{ 'user-agent': '' }, 403],
  [{ accept: 'text/csv' }, 415],
  [{ accept: 'application/vnd.github.raw+json' }, 200],
  [{ 'x-github-api-version': '1999-01-01' }, 400],
])('with the headers %j the answer is %i', async (headers, status) => {
  const simulator = await start();

  expect((await ask(simulator, '', headers)).status).toBe(status);
});

test('changes are seen, and what is gone is gone', async () => {
  const simulator = await start({ issues: 10 });
  const gone = simulator.control.remove(3);
  const fresh = simulator.control.openIssues(2);

  const left = (await (await ask(simulator, '?state=all')).json()) as Issue[];

  expect(left).toHaveLength(9);
  expect(numbersOf(left)).not.toEqual(expect.arrayContaining(numbersOf(gone)));
  expect(numbersOf(left)).toEqual(expect.arrayContaining(numbersOf(fresh)));
});
