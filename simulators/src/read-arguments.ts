import { parseArgs } from 'node:util';

/** What the process of all simulators is told on its command line. */
export interface Arguments {
  portFile: string | undefined;
  host: string;
  /** Of the World Bank; USGS and the plain API have the two that follow. 0 picks free ones. */
  port: number;
  latencyMs: number;
  seed: number;
  /** The moment, in ms since 1970, at which the sources' clock starts; the real time when absent. */
  clockStartMs: number | undefined;
  lastYear: number;
  /** Generated records of the plain API, which runs only when this is above 0. */
  records: number;
  recordsPerPage: number;
}

/** One line for each option, for whoever gives a wrong one. */
export const usage = `options:
  --port-file FILE        write a JSON of the addresses there once everything listens
  --host ADDRESS          listen on this address (127.0.0.1)
  --port N                World Bank on this port, USGS and the plain API on the next two (free ones)
  --latency-ms N          wait before every answer (0)
  --seed N                draw changes and quirks from this seed (1)
  --clock MOMENT          let the sources' clock start at this ISO 8601 moment (now)
  --last-year N           last year with World Bank rows, without values after 2005 (2005)
  --records N             serve N generated records as a plain JSON API, too (0: not)
  --records-per-page N    page size that is rendered ahead (1000)
`;

/** Reads the command line; throws an error that says what is wrong. */
export function readArguments(args: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'port-file': { type: 'string' },
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '0' },
      'latency-ms': { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      clock: { type: 'string' },
      'last-year': { type: 'string', default: '2005' },
      records: { type: 'string', default: '0' },
      'records-per-page': { type: 'string', default: '1000' },
    },
  });
  return {
    portFile: values['port-file'],
    host: values.host,
    port: readWhole('--port', values.port),
    latencyMs: readWhole('--latency-ms', values['latency-ms']),
    seed: readWhole('--seed', values.seed),
    clockStartMs: readMoment(values.clock),
    lastYear: readWhole('--last-year', values['last-year']),
    records: readWhole('--records', values.records),
    recordsPerPage: readWhole('--records-per-page', values['records-per-page']),
  };
}

function readWhole(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new RangeError(`${name} must be a whole number: ${text}`);
  return Number(text);
}

function readMoment(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new RangeError(`--clock must be an ISO 8601 moment: ${text}`);
  return timeMs;
}
