import { hearEvents } from '@tidemark/bus';
import { ChunkEvent, RunEvent } from '@tidemark/contracts';
import type { Deps } from './deps.ts';
import { OnceAtATime } from './once-at-a-time.ts';
import { reportRehearsals } from './rehearsal/report-rehearsals.ts';
import { startQueued } from './planning/start-queued.ts';
import { releaseRun } from './release-run.ts';
import { sweepIfClosing } from './sweep-closing-runs.ts';

const open: readonly string[] = ['running', 'paused', 'closing'];

/** Releases the next chunks and starts what waits as soon as an event says so. Events are hints: one that is lost costs a sweep. */
export function listenToEvents(deps: Deps): AsyncDisposable {
  const work = new OnceAtATime();
  const attempt = (key: string, task: () => Promise<void>): void =>
    work.run(key, () =>
      task().catch((error: unknown) => {
        deps.logger.debug({ err: error, key }, 'an event was not followed; the sweep does it');
      }),
    );
  const heard = [
    hearEvents(deps.bus, 'chunk', (payload) => {
      const event = ChunkEvent.safeParse(payload);
      if (!event.success) return;
      const { runId } = event.data;
      attempt(runId, async () => {
        await releaseRun(deps, runId);
        await sweepIfClosing(deps, runId);
      });
    }),
    hearEvents(deps.bus, 'run', (payload) => {
      const event = RunEvent.safeParse(payload);
      if (!event.success || open.includes(event.data.status)) return;
      const { collector } = event.data;
      attempt(`queue ${collector}`, () => startQueued(deps, collector));
      attempt('rehearsals', () => reportRehearsals(deps));
    }),
  ];
  return {
    async [Symbol.asyncDispose]() {
      for (const subscription of heard) subscription[Symbol.dispose]();
      await work.idle();
    },
  };
}
