import { mustCount, mustText, refuseUnknown } from '../server/change-arguments.ts';
import type { ChangeArguments, ControlRoutes } from '../server/control-routes.ts';
import { ControlArgumentError } from '../server/control-routes.ts';
import type { ClientOrdersContent } from './client-orders-content.ts';
import type { ClientRecord, Route } from './draw-record.ts';
import { routes } from './draw-record.ts';

/** Which records a change touches. */
export interface ClientOrdersSelection {
  client: number;
  route: Route;
  count: number;
}

/** Changes of the service; each returns the records that it touched. */
export interface ClientOrdersControl {
  /** Adds records to a day. */
  add(selection: ClientOrdersSelection & { day: string }): ClientRecord[];
  /** Gives records of some days another content; their day stays. */
  revise(selection: ClientOrdersSelection & { from: string; to: string }): ClientRecord[];
  /** The JSON texts of what a client has on a route now, without the moment of asking. */
  content(client: number, route: Route): string[];
}

/** The control of the service. */
export function makeClientOrdersControl(
  content: ClientOrdersContent,
  textOf: (record: ClientRecord) => string,
): ClientOrdersControl {
  return {
    add: ({ client, route, day, count }) => content.add(client, route, day, count),
    revise: ({ client, route, from, to, count }) =>
      content.revise(client, route, { from, to }, count),
    content: (client, route) => (content.find(client, route) ?? []).map(textOf),
  };
}

/** The changes of the service over HTTP. */
export function clientOrdersRoutes(control: ClientOrdersControl): ControlRoutes['changes'] {
  return {
    add: (args) => {
      refuseUnknown(args, ['client', 'route', 'count', 'day']);
      return control.add({ ...readSelection(args), day: mustText(args, 'day') });
    },
    revise: (args) => {
      refuseUnknown(args, ['client', 'route', 'count', 'from', 'to']);
      const range = { from: mustText(args, 'from'), to: mustText(args, 'to') };
      return control.revise({ ...readSelection(args), ...range });
    },
  };
}

function readSelection(args: ChangeArguments): ClientOrdersSelection {
  const named = mustText(args, 'route');
  const route = routes.find((each) => each === named);
  if (!route) throw new ControlArgumentError(`route must be one of ${routes.join(', ')}`);
  return { client: mustCount(args, 'client'), route, count: mustCount(args, 'count') };
}
