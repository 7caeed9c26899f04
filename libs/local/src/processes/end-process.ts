import { poll } from '../poll.ts';
import { isStillRunning, type ProcessIdentity } from './process-identity.ts';

/** Sends a signal; a process that is gone already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/**
 * Ends a process that is not our child: SIGINT, which PostgreSQL takes as a fast shutdown, and SIGKILL after the
 * deadline. Does nothing if its number belongs to another process by now; tells whether there was one to end.
 */
export async function endProcess(identity: ProcessIdentity, deadlineMs: number): Promise<boolean> {
  if (!isStillRunning(identity)) return false;
  sendSignal(identity.pid, 'SIGINT');
  const isGone = (): boolean => !isStillRunning(identity);
  if (await poll(isGone, deadlineMs)) return true;
  if (isStillRunning(identity)) sendSignal(identity.pid, 'SIGKILL');
  await poll(isGone, deadlineMs);
  return true;
}
