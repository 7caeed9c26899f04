import { defineCollector } from '@tidemark/collector-sdk/define';

/** Issues and pull requests of GitHub repositories, each as it is now. */
export const githubIssues = defineCollector({
  name: 'github-issues',
  description: 'Issues and pull requests of GitHub repositories (REST API).',
  source: {
    name: 'github',
    baseUrl: 'https://api.github.com',
    // What is left is told with every answer: 60 an hour without a token, 5,000 with one.
    rate: { headers: true },
    retryDelay: '2s',
  },
  partitions: [{ owner: 'nats-io', repo: 'nats-server' }],
  request: {
    path: '/repos/{owner}/{repo}/issues',
    // Without `state` closed issues would be missing; newest last, so that a change while paging moves nothing out of sight.
    query: { state: 'all', sort: 'updated', direction: 'asc' },
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    attach: { owner: { partition: 'owner' }, repo: { partition: 'repo' } },
    answers: [
      // The secondary limit, and the primary one, come as 403 too.
      { status: 403, body: 'rate limit', action: 'throttle', wait: '1m' },
      // Issues are switched off for this repository.
      { status: 410, action: 'ignore' },
    ],
    // An unchanged answer does not count against the limit.
    conditional: { round: '1h' },
  },
  paginate: { kind: 'link', size: { param: 'per_page', value: 100 } },
  incremental: {
    kind: 'cursor',
    field: 'changed_at',
    from: 'since',
    format: 'iso',
    start: '2008-01-01',
    lookback: '10m',
    settle: '1m',
  },
  target: {
    kind: 'table',
    table: 'github_issues',
    key: ['id'],
    version: 'changed_at',
    fields: {
      id: { type: 'bigint', required: true },
      owner: { type: 'text', required: true },
      repo: { type: 'text', required: true },
      number: { type: 'bigint', required: true },
      title: { type: 'text' },
      body: { type: 'text' },
      state: { type: 'text' },
      state_reason: { type: 'text' },
      locked: { type: 'boolean' },
      author: { path: 'user.login', type: 'text' },
      author_association: { type: 'text' },
      labels: { type: 'jsonb' },
      assignees: { type: 'jsonb' },
      milestone: { path: 'milestone.title', type: 'text' },
      comments: { type: 'bigint' },
      /** Only pull requests have one. */
      pull_request_url: { path: 'pull_request.url', type: 'text' },
      url: { path: 'html_url', type: 'text' },
      opened_at: { path: 'created_at', type: 'timestamptz' },
      changed_at: { path: 'updated_at', type: 'timestamptz', required: true },
      closed_at: { type: 'timestamptz' },
    },
  },
  limits: { concurrency: 2 },
});
