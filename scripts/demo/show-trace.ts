import { sleep } from '@tidemark/runtime';
import { drawTrace } from '../trace/draw-trace.ts';
import type { SpanReceiver } from '../trace/receive-spans.ts';
import type { Span } from '../trace/span.ts';

const QUIET_MS = 1_500;
const LONGEST_MS = 15_000;
const POLL_MS = 100;

/** The tree of a trace, drawn when no span of it has arrived for a moment. */
export async function showTrace(
  receiver: SpanReceiver,
  traceId: string,
  signal: AbortSignal,
): Promise<string> {
  const end = performance.now() + LONGEST_MS;
  let count = 0;
  let changedAtMs = performance.now();
  while (performance.now() < end) {
    const now = receiver.spansOf(traceId).length;
    if (now !== count) changedAtMs = performance.now();
    count = now;
    if (count > 0 && performance.now() - changedAtMs > QUIET_MS && isWhole(receiver, traceId))
      break;
    await sleep(POLL_MS, signal);
  }
  const spans = receiver.spansOf(traceId);
  if (spans.length === 0) return '  No span of this trace has arrived.';
  return drawTrace(spans, { hides: isNoise });
}

/** A trace has come as far as it goes when the last service of the flow has told its part. */
function isWhole(receiver: SpanReceiver, traceId: string): boolean {
  return receiver.spansOf(traceId).some((span) => span.service.endsWith('loader'));
}

/** Taking a connection from a pool, and what planning looks up, say nothing about the path of a batch. */
function isNoise({ name, service }: Span): boolean {
  if (/^(pg-pool\.connect|pg\.connect|tcp|dns)/.test(name)) return true;
  return service.endsWith('watermark') && /^pg\.query:(?!insert-)/.test(name);
}
