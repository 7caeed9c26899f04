import type { RunRow } from '@tidemark/store';
import cliProgress from 'cli-progress';
import { runSentence } from '../print/runs-table.ts';
import { showCount } from '../print/show.ts';

type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** How often a line is written while a run moves, and while it does not. */
const MOVING_LINE_MS = 2_000;
const WAITING_LINE_MS = 20_000;

/** Live progress of runs: a bar for each on a terminal, else a line now and then. */
export class ProgressBoard implements Disposable {
  readonly #out: Output;
  readonly #multi: cliProgress.MultiBar | undefined;
  readonly #bars = new Map<string, cliProgress.SingleBar>();
  readonly #said = new Map<string, { readonly atMs: number; readonly records: number }>();
  readonly #ended = new Set<string>();

  constructor(out: Output) {
    this.#out = out;
    this.#multi = out.isTTY === true ? makeBars(out) : undefined;
  }

  /** Shows a run as it is now. A run that has ended is shown for the last time. */
  show(run: RunRow): void {
    if (this.#ended.has(run.id)) return;
    if (run.completed_at !== null) this.#ended.add(run.id);
    if (this.#multi) this.#drawBar(this.#multi, run);
    else this.#writeLine(run);
  }

  [Symbol.dispose](): void {
    this.#multi?.stop();
  }

  #drawBar(multi: cliProgress.MultiBar, run: RunRow): void {
    const bar = this.#bars.get(run.id) ?? multi.create(1, 0, payloadOf(run));
    this.#bars.set(run.id, bar);
    bar.setTotal(totalOf(run));
    bar.update(run.pages_read, payloadOf(run));
    if (run.completed_at !== null) bar.stop();
  }

  #writeLine(run: RunRow): void {
    const now = { atMs: performance.now(), records: run.records_processed };
    const last = this.#said.get(run.id);
    if (last && run.completed_at === null) {
      const everyMs = last.records === now.records ? WAITING_LINE_MS : MOVING_LINE_MS;
      if (now.atMs - last.atMs < everyMs) return;
    }
    this.#said.set(run.id, now);
    this.#out.write(`${runSentence(run)}\n`);
  }
}

/** What a bar is full at: an active run has at least one more page, whatever the sources have told so far. */
export function totalOf(run: RunRow): number {
  if (run.completed_at !== null) return Math.max(1, run.pages_read);
  return Math.max(run.pages_known, run.pages_read + 1);
}

function payloadOf(run: RunRow): Record<string, string> {
  const perSecond = run.records_processed / Math.max(run.duration_seconds, 0.1);
  return {
    name: run.collector_name.padEnd(18),
    of:
      run.completed_at !== null || run.pages_known > run.pages_read ? showCount(totalOf(run)) : '?',
    state: run.status.padEnd(8),
    rate: showCount(Math.round(perSecond)).padStart(6),
    inserted: showCount(run.records_inserted),
    updated: showCount(run.records_updated),
    unchanged: showCount(run.records_unchanged + run.records_stale),
  };
}

function makeBars(out: Output): cliProgress.MultiBar {
  return new cliProgress.MultiBar(
    {
      stream: out,
      format:
        '{name} {bar} {value}/{of} pages {rate} records/s  inserted {inserted} updated {updated} unchanged {unchanged}  {state}',
      barsize: 16,
      hideCursor: true,
      fps: 10,
      autopadding: true,
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
}
