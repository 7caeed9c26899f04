import { Random } from '../random.ts';
import type { Answer } from '../server/answer.ts';
import { textAnswer } from '../server/answer.ts';
import { mustCount, refuseUnknown } from '../server/change-arguments.ts';
import type { SimulatorRequest } from '../server/request.ts';
import type { ServerOptions, Simulator } from '../server/start-server.ts';
import { startServer } from '../server/start-server.ts';
import { writeRefusal, writeValues, writeXmlPage } from './sgs-answer.ts';
import type { SgsValue } from './sgs-content.ts';
import { SgsContent } from './sgs-content.ts';
import { readNewest, readSgsQuery } from './sgs-query.ts';

/** How the simulated service behaves. */
export interface BcbSgsOptions extends ServerOptions {
  /** Draws values, changes and quirks; 1 when absent. */
  seed?: number;
  /** Share of requests that are answered with a page of XML; 0 when absent. */
  xmlErrorShare?: number;
  /** Share of requests that are answered 504; 0 when absent. */
  gatewayTimeoutShare?: number;
}

/** Changes of the series. */
export interface BcbSgsControl {
  /** Gives values of a series that are at most so old another value. */
  revise(code: number, change: { count: number; withinDays: number }): SgsValue[];
  /** Everything that is published now. */
  content(): readonly SgsValue[];
}

/** A running simulator of the time series of Brazil's central bank. */
export type BcbSgsSimulator = Simulator<BcbSgsControl>;

/** Starts a simulated SGS; series are at `<url>/dados/serie/bcdata.sgs.<code>/dados`. */
export async function startBcbSgs(options: BcbSgsOptions = {}): Promise<BcbSgsSimulator> {
  const clock = options.clock ?? Date.now;
  const seed = options.seed ?? 1;
  const content = new SgsContent({ seed, clock });
  const control: BcbSgsControl = {
    revise: (code, { count, withinDays }) => content.revise(code, count, withinDays),
    content: () => content.all(),
  };
  const quirks = new Quirks(options, new Random(seed + 1));
  return startServer(
    {
      answer: (request) => quirks.next() ?? answer(request, content, clock()),
      control,
      routes: {
        content: () => JSON.stringify({ values: control.content() }),
        changes: {
          revise: (args) => {
            refuseUnknown(args, ['code', 'count', 'withinDays']);
            const change = {
              count: mustCount(args, 'count'),
              withinDays: mustCount(args, 'withinDays'),
            };
            return control.revise(mustCount(args, 'code'), change);
          },
        },
      },
    },
    options,
  );
}

class Quirks {
  readonly #shares: Required<Pick<BcbSgsOptions, 'xmlErrorShare' | 'gatewayTimeoutShare'>>;
  readonly #random: Random;

  constructor({ xmlErrorShare = 0, gatewayTimeoutShare = 0 }: BcbSgsOptions, random: Random) {
    this.#shares = { xmlErrorShare, gatewayTimeoutShare };
    this.#random = random;
  }

  next(): Answer | undefined {
    if (this.#random.happens(this.#shares.xmlErrorShare)) return writeXmlPage();
    if (this.#random.happens(this.#shares.gatewayTimeoutShare)) {
      return textAnswer(504, 'Gateway Timeout');
    }
    return undefined;
  }
}

const paths = /^\/dados\/serie\/bcdata\.sgs\.(\d{1,9})\/dados(?:\/ultimos\/([^/]+))?$/;

function answer({ path, query }: SimulatorRequest, content: SgsContent, nowMs: number): Answer {
  const [, code, newest] = paths.exec(path) ?? [];
  const series = code === undefined ? undefined : content.findSeries(Number(code));
  if (!series) return textAnswer(404, 'Requested resource not found');
  const asked =
    newest === undefined ? readSgsQuery(query, series, nowMs) : readNewest(query, newest);
  if ('shape' in asked) return writeRefusal(asked);
  if ('newest' in asked) {
    return writeValues(content.values(series, series.firstDay, Infinity).slice(-asked.newest));
  }
  return writeValues(content.values(series, asked.firstDay, asked.lastDay));
}
