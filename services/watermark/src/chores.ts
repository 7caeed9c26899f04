import { provision } from '@tidemark/bus';
import { listActiveRuns } from '@tidemark/store';
import type { WatermarkConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { eachByItself } from './each-by-itself.ts';
import type { Chore } from './keep-doing.ts';
import { startQueued } from './planning/start-queued.ts';
import type { Registrar } from './registration/registrar.ts';
import { republishDefinitions } from './registration/republish-definitions.ts';
import { keepTimeline } from './keep-timeline.ts';
import { endLimitedRuns } from './end-limited-runs.ts';
import { pruneOld } from './prune-old.ts';
import { reportRehearsals } from './rehearsal/report-rehearsals.ts';
import { releaseRun } from './release-run.ts';
import { fireSchedules } from './schedules/fire-schedules.ts';
import { sweepClosingRuns } from './sweep-closing-runs.ts';
import { sweepLostChunks } from './sweep-lost-chunks.ts';

/** What is done without being asked, each by itself: one that has to wait does not hold up the others. */
export function choresOf(deps: Deps, config: WatermarkConfig, registrar: Registrar): Chore[] {
  const { sweepMs, lostAfterMs, scheduleLookbackMs, provisionMs, ackWaitMs } = config;
  const { retentionDays, retentionEveryMs } = config;
  return [
    { what: 'definitions', everyMs: sweepMs, run: () => registrar.scan() },
    { what: 'schedules', everyMs: sweepMs, run: () => fireSchedules(deps, scheduleLookbackMs) },
    { what: 'waiting commands', everyMs: sweepMs, run: () => startQueued(deps) },
    { what: 'release', everyMs: sweepMs, run: () => releaseAll(deps) },
    { what: 'closing runs', everyMs: sweepMs, run: () => sweepClosingRuns(deps) },
    { what: 'limited runs', everyMs: sweepMs, run: () => endLimitedRuns(deps) },
    { what: 'rehearsals', everyMs: sweepMs, run: () => reportRehearsals(deps) },
    { what: 'timeline', everyMs: sweepMs, run: () => keepTimeline(deps) },
    { what: 'retention', everyMs: retentionEveryMs, run: () => pruneOld(deps, retentionDays) },
    { what: 'lost chunks', everyMs: sweepMs, run: () => sweepLostChunks(deps, lostAfterMs) },
    {
      what: 'streams and consumers',
      everyMs: provisionMs,
      run: async () => {
        await provision(deps.bus, provisionSettings(config, deps.signal));
        await republishDefinitions(deps, ackWaitMs);
      },
    },
  ];
}

/** What the streams and consumers are to be. */
export function provisionSettings(config: WatermarkConfig, signal: AbortSignal) {
  return {
    maxBytes: config.streamMaxBytes,
    replicas: config.streamReplicas,
    ackWaitMs: config.ackWaitMs,
    signal,
  };
}

async function releaseAll(deps: Deps): Promise<void> {
  const runs = await deps.store.with((db) => listActiveRuns(db));
  await eachByItself(runs, ({ id }) => releaseRun(deps, id));
}
