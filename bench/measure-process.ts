import { readFileSync } from 'node:fs';

export interface ProcessUse {
  /** Processor time since the process began. */
  readonly cpuSeconds: number;
  /** The largest resident memory so far (VmHWM). */
  readonly peakBytes: number;
}

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** What a process has used so far; undefined where /proc does not tell. */
export function readProcessUse(pid: number): ProcessUse | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program stands in brackets and may hold blanks.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return { cpuSeconds: ticks / TICKS_PER_SECOND, peakBytes: Number(peak?.[1] ?? 0) * 1024 };
  } catch {
    return undefined;
  }
}

/** Processor time of a process and all that it started, such as PostgreSQL's sessions. */
export function readTreeCpuSeconds(pid: number): number {
  const use = readProcessUse(pid)?.cpuSeconds ?? 0;
  return childrenOf(pid).reduce(
    (sum, child) => sum + readTreeCpuSeconds(child),
    use + endedChildrenSeconds(pid),
  );
}

/** Memory of a process and all that it started at this moment, in bytes; what several of them share counts once (Pss). */
export function readTreeMemoryBytes(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + readTreeMemoryBytes(child), memoryBytes(pid));
}

function memoryBytes(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function endedChildrenSeconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}
