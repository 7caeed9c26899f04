import { mustCount, refuseUnknown } from '../server/change-arguments.ts';
import type { ControlRoutes } from '../server/control-routes.ts';
import type { Match, Season, SportmonksContent } from './sportmonks-content.ts';

/** Changes of the matches; each returns those that it touched. */
export interface SportmonksControl {
  finish(count: number): Match[];
  reschedule(count: number): Match[];
  remove(count: number): Match[];
  add(count: number): Match[];
  /** Everything the source has now, by id. */
  matches(): readonly Match[];
  seasons(): readonly Season[];
}

/** The control of the matches. */
export function makeSportmonksControl(content: SportmonksContent): SportmonksControl {
  return {
    finish: (count) => content.finish(count),
    reschedule: (count) => content.reschedule(count),
    remove: (count) => content.remove(count),
    add: (count) => content.add(count),
    matches: () => content.matches(),
    seasons: () => content.seasons,
  };
}

/** The changes of a Sportmonks simulator over HTTP. */
export function sportmonksRoutes(control: SportmonksControl): ControlRoutes['changes'] {
  const counted =
    (change: (count: number) => Match[]): ControlRoutes['changes'][string] =>
    (args) => {
      refuseUnknown(args, ['count']);
      return change(mustCount(args, 'count'));
    };
  return {
    finish: counted((count) => control.finish(count)),
    reschedule: counted((count) => control.reschedule(count)),
    remove: counted((count) => control.remove(count)),
    add: counted((count) => control.add(count)),
  };
}
