import { findCount, mustCount, refuseUnknown } from '../server/change-arguments.ts';
import type { ControlRoutes } from '../server/control-routes.ts';
import type { Feature } from './read-earthquakes.ts';
import type { LateEvents, UsgsContent } from './usgs-content.ts';

/** Changes of the catalogue; each returns the events that it touched. */
export interface UsgsControl {
  revise(count: number): Feature[];
  addEvents(count: number): Feature[];
  addLateEvents(late: LateEvents): Feature[];
  addEventsAt(count: number, timeMs: number, updatedMs: number): Feature[];
  deleteEvents(count: number): Feature[];
  /** Everything the source has now, deleted events too, in no order that anyone may rely on. */
  content(): readonly Feature[];
}

/** The control of a catalogue. */
export function makeUsgsControl(content: UsgsContent): UsgsControl {
  return {
    revise: (count) => content.revise(count),
    addEvents: (count) => content.addEvents(count),
    addLateEvents: (late) => content.addLateEvents(late),
    addEventsAt: (count, timeMs, updatedMs) => content.addEventsAt(count, timeMs, updatedMs),
    deleteEvents: (count) => content.deleteEvents(count),
    content: () => content.events(),
  };
}

/** The changes of a USGS simulator over HTTP. */
export function usgsRoutes(control: UsgsControl): ControlRoutes['changes'] {
  const counted =
    (change: (count: number) => Feature[]): ControlRoutes['changes'][string] =>
    (args) => {
      refuseUnknown(args, ['count']);
      return change(mustCount(args, 'count'));
    };
  return {
    revise: counted((count) => control.revise(count)),
    'add-events': counted((count) => control.addEvents(count)),
    'delete-events': counted((count) => control.deleteEvents(count)),
    'add-late-events': (args) => {
      refuseUnknown(args, ['count', 'eventAgeMs', 'updatedAgoMs']);
      return control.addLateEvents({
        count: mustCount(args, 'count'),
        eventAgeMs: mustCount(args, 'eventAgeMs'),
        updatedAgoMs: findCount(args, 'updatedAgoMs') ?? 0,
      });
    },
    'add-events-at': (args) => {
      refuseUnknown(args, ['count', 'timeMs', 'updatedMs']);
      const timeMs = mustCount(args, 'timeMs');
      const updatedMs = findCount(args, 'updatedMs') ?? timeMs;
      return control.addEventsAt(mustCount(args, 'count'), timeMs, updatedMs);
    },
  };
}
