import { extractConsumerOf, streamOf, type Bus } from '@tidemark/bus';
import { runClasses, type RunClass } from '@tidemark/contracts';

/** A collector's consumer of one class. */
export interface CollectorConsumer {
  readonly collector: string;
  readonly runClass: RunClass;
  readonly stream: string;
  readonly consumer: string;
}

const prefix = extractConsumerOf('');

/** The consumers that the planner has made for collectors; throws while a stream does not exist. */
export async function findCollectors(bus: Bus): Promise<CollectorConsumer[]> {
  const found: CollectorConsumer[] = [];
  for (const runClass of runClasses) {
    const stream = streamOf('extract', runClass);
    for await (const { name: consumer } of bus.jsm.consumers.list(stream)) {
      if (!consumer.startsWith(prefix)) continue;
      found.push({ collector: consumer.slice(prefix.length), runClass, stream, consumer });
    }
  }
  return found;
}
