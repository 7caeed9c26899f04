import { startGithubIssues } from '@tidemark/simulators';
import { LATENCY_MS, type MeasuredSource } from './measured-source.ts';

const MINUTE_MS = 60_000;

/** A repository of 2,500 issues; the source's clock is some minutes behind, and goes on when it changes. */
export async function startGithubSource(): Promise<MeasuredSource> {
  let behindMs = 60 * MINUTE_MS;
  const source = await startGithubIssues({
    latencyMs: LATENCY_MS,
    issues: 2_500,
    clock: () => Date.now() - behindMs,
  });
  return {
    collectors: [
      {
        name: 'github-issues',
        // Its rate is what the answers tell, here as there.
        yaml: `
extends: github-issues
source: { baseUrl: '${source.url}', retryDelay: 50ms }
partitions: [{ owner: octocat, repo: hello-world }]
`,
        expected: () =>
          JSON.stringify(
            source.control
              .content()
              .map((issue) => [
                issue.id,
                issue.number,
                issue.title,
                issue.body,
                issue.state,
                issue.comments,
                Date.parse(issue.updated_at),
              ]),
          ),
        actual: `select jsonb_build_array(id, number, title, body, state, comments, tidemark.to_micros(changed_at) / 1000) as content
                   from public.github_issues`,
      },
    ],
    secrets: {},
    counts: () => source.stats,
    change: () => {
      behindMs = 30 * MINUTE_MS;
      const opened = source.control.openIssues(12).length;
      const closed = source.control.closeIssues(20).length;
      const commented = source.control.comment(40).length;
      return `${opened} issues opened, ${closed} closed, ${commented} commented, half an hour later`;
    },
    [Symbol.asyncDispose]: () => source.stop(),
  };
}
