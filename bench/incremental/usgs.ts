import { startUsgs, type UsgsSimulator } from '@tidemark/simulators';
import { fastSource, jsonArray, LATENCY_MS, type MeasuredSource } from './measured-source.ts';

const FIRST_YEAR = 2000;
/** No round number: a page of a round number of records might be one that the source made smaller. */
const PER_MONTH = 41;
const DAY_MS = 86_400_000;

/** A catalogue of 27 years, of which some events are revised, new, or late. */
export async function startUsgsSource(): Promise<MeasuredSource> {
  const source = await startUsgs({ latencyMs: LATENCY_MS });
  fillCatalogue(source);
  return {
    collectors: [
      {
        name: 'usgs-earthquakes',
        yaml: `
extends: usgs-earthquakes
source: { baseUrl: '${source.url}', ${fastSource} }
`,
        expected: () =>
          jsonArray(
            source.control
              .content()
              .map(({ id, properties: { time, updated, mag, place, ids } }) => {
                return JSON.stringify([
                  id,
                  time,
                  updated,
                  mag,
                  place,
                  ids.split(',').filter(Boolean),
                ]);
              }),
          ),
        actual: `select jsonb_build_array(id, tidemark.to_micros(time) / 1000, tidemark.to_micros(updated) / 1000,
                                          mag, place, ids) as content
                   from public.usgs_earthquakes`,
      },
    ],
    secrets: {},
    counts: () => source.stats,
    change: () => {
      const revised = source.control.revise(63).length;
      const added = source.control.addEvents(25).length;
      const late = { count: 15, eventAgeMs: 30 * DAY_MS, updatedAgoMs: 10_000 };
      const { length } = source.control.addLateEvents(late);
      return `${revised} events revised, ${added} new, ${length} late by a month`;
    },
    [Symbol.asyncDispose]: () => source.stop(),
  };
}

/** Events of each month until a month ago, in the place of those that the real catalogue has by the thousand. */
function fillCatalogue({ control }: UsgsSimulator): void {
  const endMs = Date.now() - 30 * DAY_MS;
  for (let month = 0; Date.UTC(FIRST_YEAR, month, 15) < endMs; month += 1) {
    const timeMs = Date.UTC(FIRST_YEAR, month, 15);
    control.addEventsAt(PER_MONTH, timeMs, timeMs + 3 * DAY_MS);
  }
}
