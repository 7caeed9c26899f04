import { createHash } from 'node:crypto';
import { Random } from '../random.ts';
import type { Answer } from '../server/answer.ts';
import { textAnswer } from '../server/answer.ts';
import type { SimulatorRequest } from '../server/request.ts';
import type { ServerOptions, Simulator } from '../server/start-server.ts';
import { startServer } from '../server/start-server.ts';
import { apiError, linkHeader } from './github-answer.ts';
import type { Issue, Repository } from './github-content.ts';
import { GithubContent } from './github-content.ts';
import type { GithubControl } from './github-control.ts';
import { githubRoutes, makeGithubControl } from './github-control.ts';
import type { IssuesQuery } from './github-query.ts';
import { readIssuesQuery } from './github-query.ts';
import type { SinceBound } from './list-issues.ts';
import { listIssues } from './list-issues.ts';
import { Quota } from './quota.ts';

/** How the simulated API behaves. */
export interface GithubIssuesOptions extends ServerOptions {
  /** Draws content and changes; 1 when absent. */
  seed?: number;
  /** Issues and pull requests at the start; 250 when absent. */
  issues?: number;
  /** `octocat/hello-world` with the id 1296269 when absent. */
  repository?: Repository;
  /** The only token that is accepted; without one, nobody needs any. */
  token?: string;
  /** Requests an hour; 5,000 when absent. */
  quota?: number;
  /** Whether `since` takes in its own second; `exclusive` when absent. */
  since?: SinceBound;
  /** This share of the answers has another `ETag` each time, although nothing changed. */
  unstableEtagShare?: number;
}

/** A running simulator of the GitHub REST API, as far as its lists of issues go. */
export type GithubIssuesSimulator = Simulator<GithubControl>;

/** Starts a simulated GitHub REST API with one repository. */
export async function startGithubIssues(
  options: GithubIssuesOptions = {},
): Promise<GithubIssuesSimulator> {
  const clock = options.clock ?? Date.now;
  const repository = options.repository ?? { owner: 'octocat', name: 'hello-world', id: 1_296_269 };
  const seed = options.seed ?? 1;
  const content = new GithubContent({ repository, seed, clock, issues: options.issues ?? 250 });
  const quota = new Quota(options.quota ?? 5_000, clock);
  const api = new GithubApi({ ...options, content, quota, random: new Random(seed + 1) });
  const control = makeGithubControl(content, () => quota.used);
  return startServer(
    {
      answer: (request) => api.answer(request),
      control,
      routes: {
        changes: githubRoutes(control),
        content: () => JSON.stringify({ issues: control.content() }),
      },
    },
    options,
  );
}

interface Settings extends Omit<GithubIssuesOptions, 'quota'> {
  content: GithubContent;
  quota: Quota;
  random: Random;
}

class GithubApi {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  answer(request: SimulatorRequest): Answer {
    const refusal = this.#refuse(request);
    if (refusal) return refusal;
    const { quota } = this.#settings;
    if (!quota.take()) {
      const limited = apiError(403, 'API rate limit exceeded for user ID 1.');
      return { ...limited, headers: quota.headers() };
    }
    const answer = this.#list(request);
    if (answer.status === 304) quota.giveBack();
    return { ...answer, headers: { ...quota.headers(), ...answer.headers } };
  }

  /** What is refused before it is looked at, and counts nothing. */
  #refuse({ headers }: SimulatorRequest): Answer | undefined {
    if (!headers['user-agent']) {
      return textAnswer(
        403,
        'Request forbidden by administrative rules. Please make sure your request has a User-Agent header',
      );
    }
    const version = headers['x-github-api-version'];
    if (version !== undefined && version !== '2022-11-28') {
      return apiError(400, `The API version "${String(version)}" is not supported.`);
    }
    if (!acceptsJson(String(headers.accept ?? '*/*'))) {
      return apiError(415, `Unsupported 'Accept' header: '${headers.accept}'.`);
    }
    const { token } = this.#settings;
    const given = /^(?:bearer|token) (.+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token !== undefined && given !== token) return apiError(401, 'Bad credentials');
    return undefined;
  }

  #list(request: SimulatorRequest): Answer {
    const { owner, name, id } = this.#settings.content.repository;
    const byName = `/repos/${owner}/${name}/issues`.toLowerCase();
    const byId = `/repositories/${id}/issues`;
    const path = decodeURIComponent(request.path).toLowerCase();
    if (path !== byName && path !== byId) return apiError(404, 'Not Found');
    const query = readIssuesQuery(request.query);
    if ('field' in query) return refuseQuery(query.status, query.field);
    const { content, since = 'exclusive' } = this.#settings;
    const issues = listIssues(content.issues(), query, since);
    return this.#page(request, query, issues);
  }

  #page(request: SimulatorRequest, query: IssuesQuery, issues: readonly Issue[]): Answer {
    const { perPage, page } = query;
    const rows = issues.slice((page - 1) * perPage, page * perPage);
    const body = JSON.stringify(rows);
    const etag = this.#etagOf(body);
    const address = new URL(
      `/repositories/${this.#settings.content.repository.id}/issues`,
      // Absolute, and on the host that was asked.
      `http://${request.headers.host ?? '127.0.0.1'}`,
    );
    address.search = request.query.toString();
    const lastPage = Math.max(1, Math.ceil(issues.length / perPage));
    const link = linkHeader({ address, page, lastPage });
    const headers = { etag, ...(link === undefined ? {} : { link }) };
    const contentType = 'application/json; charset=utf-8';
    if (request.headers['if-none-match'] === etag) {
      return { status: 304, contentType, body: '', recordRows: 0, headers };
    }
    return { status: 200, contentType, body, recordRows: rows.length, headers };
  }

  #etagOf(body: string): string {
    const { random, unstableEtagShare = 0 } = this.#settings;
    const salt = random.happens(unstableEtagShare) ? String(random.fraction()) : '';
    return `W/"${createHash('sha256').update(body).update(salt).digest('hex')}"`;
  }
}

function acceptsJson(accept: string): boolean {
  return accept.split(',').some((each) => {
    const [type = ''] = each.trim().split(';');
    return /^(\*\/\*|application\/(\*|json|vnd\.github(\.[\w-]+)?\+json))$/.test(type.trim());
  });
}

function refuseQuery(status: 422 | 501, field: string): Answer {
  if (status === 501) return textAnswer(501, `not simulated: ${field}`);
  const errors = [{ resource: 'Issue', field, code: 'invalid' }];
  return apiError(422, 'Validation Failed', { errors });
}
