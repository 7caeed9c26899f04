import { startBcbSgs } from '@tidemark/simulators';
import { fastSource, jsonArray, LATENCY_MS, type MeasuredSource } from './measured-source.ts';

const DAY_MS = 86_400_000;

/** Five series; the source's clock is some days behind, and goes on when it changes. */
export async function startBcbSgsSource(): Promise<MeasuredSource> {
  let behindMs = 6 * DAY_MS;
  const source = await startBcbSgs({
    latencyMs: LATENCY_MS,
    clock: () => Date.now() - behindMs,
  });
  return {
    collectors: [
      {
        name: 'bcb-sgs',
        yaml: `
extends: bcb-sgs
source: { baseUrl: '${source.url}', ${fastSource} }
`,
        expected: () =>
          jsonArray(
            source.control
              .content()
              .map(
                ({ code, day, value, endDay }) =>
                  `[${code},"${dayOf(day)}",${endDay === undefined ? 'null' : `"${dayOf(endDay)}"`},${value}]`,
              ),
          ),
        actual: `select jsonb_build_array(code, day, end_day, value) as content from public.bcb_sgs`,
      },
    ],
    secrets: {},
    counts: () => source.stats,
    change: () => {
      const before = source.control.content().length;
      const revised = [
        ...source.control.revise(24_363, { count: 7, withinDays: 300 }),
        ...source.control.revise(1, { count: 3, withinDays: 30 }),
      ].length;
      behindMs = 2 * DAY_MS;
      const published = source.control.content().length - before;
      return `${revised} values revised, ${published} published since`;
    },
    [Symbol.asyncDispose]: () => source.stop(),
  };
}

const dayOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
