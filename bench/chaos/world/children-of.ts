import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The processes that a process has started itself and that are still there. */
export function childrenOf(parent: number): number[] {
  const parents = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  return parents.flatMap(([pid, itsParent]) => (itsParent === parent ? pid : []));
}

type PidAndParent = readonly [pid: number, parent: number];

function fromProc(): PidAndParent[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): PidAndParent[] => {
      const parent = parentOf(name);
      return parent === undefined ? [] : [[Number(name), parent]];
    });
}

/** Undefined when it has ended in the meantime. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold blanks and parentheses itself: fields are counted from the last one.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function fromPs(): PidAndParent[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim();
  return lines.split('\n').map((line): PidAndParent => {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    return [pid ?? 0, parent ?? 0];
  });
}
