/** The processes that serve, by the names that plan, log and report use. */
export const replicas = [
  'watermark-1',
  'watermark-2',
  'extractor-1',
  'extractor-2',
  'transformer-1',
  'loader-1',
  'loader-2',
] as const;
export type Replica = (typeof replicas)[number];

export type Victim = Replica | 'nats' | 'postgres';

/** Streams whose messages are copied and taken away; the commands are among them. */
export const workStreams = [
  'EXTRACT_LIVE',
  'RAW_LIVE',
  'LOAD_LIVE',
  'EXTRACT_BACKFILL',
  'RAW_BACKFILL',
  'LOAD_BACKFILL',
  'COMMANDS',
] as const;
export type WorkStream = (typeof workStreams)[number];

export const squeezedStreams = [
  'EXTRACT_LIVE',
  'RAW_LIVE',
  'LOAD_LIVE',
  'EXTRACT_BACKFILL',
  'RAW_BACKFILL',
  'LOAD_BACKFILL',
] as const;
export type SqueezedStream = (typeof squeezedStreams)[number];

/** How the source misbehaves. */
export const troubles = [
  'stall',
  'reset',
  'error 500',
  'throttle 429',
  'garbage',
  'half a body',
] as const;
export type Trouble = (typeof troubles)[number];

/** A way between two processes, with a relay on it. */
export interface Line {
  readonly of: Replica;
  readonly to: 'nats' | 'database';
}
export type LineName = Line | 'source' | 'ledger';

/** One thing that goes wrong. */
export type Fault =
  | { readonly kind: 'kill'; readonly victim: Victim }
  /** SIGSTOP, and SIGCONT later than the message in hand goes to somebody else. */
  | { readonly kind: 'freeze'; readonly victim: Victim; readonly forMs: number }
  | { readonly kind: 'cut'; readonly line: LineName }
  | { readonly kind: 'refuse'; readonly line: LineName; readonly forMs: number }
  /** Bytes stay on their way, then the connection is reset, or they arrive after all. */
  | {
      readonly kind: 'hold';
      readonly line: LineName;
      readonly forMs: number;
      readonly afterwards: 'release' | 'cut';
    }
  | {
      readonly kind: 'delay';
      readonly line: LineName;
      readonly delayMs: number;
      readonly forMs: number;
    }
  | { readonly kind: 'trouble'; readonly trouble: Trouble; readonly forMs: number }
  /** Messages that are there, or were once, are published again, under their own ids or under others. */
  | {
      readonly kind: 'copy';
      readonly stream: WorkStream;
      readonly messages: number;
      readonly under: 'their ids' | 'other ids';
    }
  /** Messages go to somebody who does not handle them: they are delivered again, at once or after the server's wait. */
  | {
      readonly kind: 'redeliver';
      readonly stream: WorkStream;
      readonly messages: number;
      readonly after: 'a refusal' | 'a silence';
    }
  | { readonly kind: 'fill'; readonly stream: SqueezedStream; readonly forMs: number }
  /** nats-server comes back with what it had when it was killed the last time. */
  | { readonly kind: 'rewind' };

/** A fault, and how long after the one before it. */
export interface Step {
  readonly afterMs: number;
  readonly fault: Fault;
}

/** A fault in a few words. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill -9 ${fault.victim}`;
    case 'freeze':
      return `freeze ${fault.victim} for ${fault.forMs} ms`;
    case 'cut':
      return `cut ${describeLine(fault.line)}`;
    case 'refuse':
      return `refuse connections, ${describeLine(fault.line)}, for ${fault.forMs} ms`;
    case 'hold':
      return `hold bytes, ${describeLine(fault.line)}, for ${fault.forMs} ms, then ${fault.afterwards}`;
    case 'delay':
      return `delay bytes by ${fault.delayMs} ms, ${describeLine(fault.line)}, for ${fault.forMs} ms`;
    case 'trouble':
      return `source: ${fault.trouble} for ${fault.forMs} ms`;
    case 'copy':
      return `publish ${fault.messages} messages of ${fault.stream} again, under ${fault.under}`;
    case 'redeliver':
      return `deliver ${fault.messages} messages of ${fault.stream} again, after ${fault.after}`;
    case 'fill':
      return `no room in ${fault.stream} for ${fault.forMs} ms`;
    case 'rewind':
      return 'kill -9 nats, and give it an earlier copy of its store';
  }
}

function describeLine(line: LineName): string {
  if (line === 'source') return 'extractors to source';
  if (line === 'ledger') return 'extractors to source database';
  return `${line.of} to ${line.to}`;
}
