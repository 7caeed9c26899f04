import { type EventKind, eventSubject } from '@tidemark/contracts';
import type { Bus } from './connect-bus.ts';

/** Calls back with each event of a kind, whatever its collector, until it is disposed of; what is no JSON is undefined. */
export function hearEvents(
  bus: Bus,
  kind: EventKind,
  follow: (payload: unknown) => void,
): Disposable {
  const subscription = bus.nc.subscribe(eventSubject(kind, '*'), {
    // A refusal comes without a message, and an error that is thrown in here ends all that the connection hears.
    callback: (refusal, message) => {
      if (refusal) bus.logger.warn({ kind, err: refusal }, 'events are not heard');
      else follow(parse(message.string()));
    },
  });
  return { [Symbol.dispose]: () => subscription.unsubscribe() };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
