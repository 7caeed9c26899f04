import type { Issue } from './github-content.ts';
import type { IssuesQuery } from './github-query.ts';

/** Whether `since` takes in its own second; the documents say "after". */
export type SinceBound = 'inclusive' | 'exclusive';

/** The issues that a question asks for, all pages of them, in its order. */
export function listIssues(
  issues: readonly Issue[],
  query: IssuesQuery,
  bound: SinceBound,
): Issue[] {
  const { state, since, sort, direction } = query;
  const sign = direction === 'asc' ? 1 : -1;
  return issues
    .filter((issue) => state === 'all' || issue.state === state)
    .filter(({ updated_at: at }) => {
      if (since === undefined) return true;
      return bound === 'inclusive' ? at >= since : at > since;
    })
    .toSorted((a, b) => sign * (compare(a, b, sort) || a.number - b.number));
}

function compare(a: Issue, b: Issue, sort: IssuesQuery['sort']): number {
  switch (sort) {
    case 'created':
      return a.created_at < b.created_at ? -1 : Number(a.created_at > b.created_at);
    case 'updated':
      return a.updated_at < b.updated_at ? -1 : Number(a.updated_at > b.updated_at);
    case 'comments':
      return a.comments - b.comments;
  }
}
