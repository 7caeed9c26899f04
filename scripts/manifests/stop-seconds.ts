/** What `run` of libs/runtime allows without a setting, and what comes after it: the last spans. */
const DEADLINE_MS = 25_000;
const LINGER_MS = 5_000;

/** How long a service may take to stop with these settings. */
export function stopSeconds(env: Readonly<Record<string, string | undefined>>): number {
  return (Number(env['TIDEMARK_STOP_DEADLINE_MS'] ?? DEADLINE_MS) + LINGER_MS) / 1_000;
}
