import { mustCount, refuseUnknown } from '../server/change-arguments.ts';
import type { ControlRoutes } from '../server/control-routes.ts';
import type { GithubContent, Issue } from './github-content.ts';

/** Changes of the repository; each returns the issues that it touched. */
export interface GithubControl {
  openIssues(count: number): Issue[];
  closeIssues(count: number): Issue[];
  comment(count: number): Issue[];
  remove(count: number): Issue[];
  /** Everything the source has now, in no order that anyone may rely on. */
  content(): readonly Issue[];
  /** Requests that counted against the primary limit in this hour. */
  usedQuota(): number;
}

/** The control of a repository. */
export function makeGithubControl(content: GithubContent, usedQuota: () => number): GithubControl {
  return {
    openIssues: (count) => content.openIssues(count),
    closeIssues: (count) => content.closeIssues(count),
    comment: (count) => content.comment(count),
    remove: (count) => content.remove(count),
    content: () => content.issues(),
    usedQuota,
  };
}

/** The changes of a GitHub simulator over HTTP. */
export function githubRoutes(control: GithubControl): ControlRoutes['changes'] {
  const counted =
    (change: (count: number) => Issue[]): ControlRoutes['changes'][string] =>
    (args) => {
      refuseUnknown(args, ['count']);
      return change(mustCount(args, 'count'));
    };
  return {
    'open-issues': counted((count) => control.openIssues(count)),
    'close-issues': counted((count) => control.closeIssues(count)),
    comment: counted((count) => control.comment(count)),
    remove: counted((count) => control.remove(count)),
  };
}
