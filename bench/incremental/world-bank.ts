import { startWorldBank } from '@tidemark/simulators';
import { fastSource, jsonArray, LATENCY_MS, type MeasuredSource } from './measured-source.ts';

/** Three indicators; one of their databases is updated, which its `lastupdated` tells. */
export async function startWorldBankSource(): Promise<MeasuredSource> {
  const source = await startWorldBank({
    latencyMs: LATENCY_MS,
    lastYear: new Date().getUTCFullYear(),
  });
  return {
    collectors: [
      {
        name: 'world-bank',
        yaml: `
extends: world-bank
source: { baseUrl: '${source.url}', ${fastSource} }
incremental: { from: '1955' }
`,
        expected: () =>
          jsonArray(
            source.control
              .content()
              .map(
                ({ iso2, indicator, year, value }) =>
                  `[${JSON.stringify(iso2)},"${indicator}",${year},${value ?? 'null'}]`,
              ),
          ),
        actual: `select jsonb_build_array(country_id, indicator, year, value) as content
                   from public.world_bank_indicators`,
      },
    ],
    secrets: {},
    counts: () => source.stats,
    change: () => {
      const indicator = 'SP.DYN.TFRT.IN';
      const revised = source.control.revise({ indicator, count: 12 }).length;
      const filled = source.control.fillNulls({ indicator, count: 40 }).length;
      return `${revised} values of one indicator revised, ${filled} missing ones filled in`;
    },
    [Symbol.asyncDispose]: () => source.stop(),
  };
}
