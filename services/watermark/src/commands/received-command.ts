/** A command as it came, from a message or a schedule, before anybody looked at what it says. */
export interface ReceivedCommand {
  readonly commandId: string;
  /** The run's id unless the command names one. */
  readonly runId: string;
  readonly verb: string;
  readonly collector: string;
  readonly payload: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id by which a command is answered: from its header, from its payload, or the one its trigger decides. */
export function commandIdOf(
  header: string | undefined,
  payload: string,
  triggerId: string,
): string {
  if (header !== undefined && uuid.test(header)) return header.toLowerCase();
  const named = idInPayload(payload);
  return named !== undefined && uuid.test(named) ? named.toLowerCase() : triggerId;
}

function idInPayload(payload: string): string | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    const named = typeof value === 'object' && value !== null && 'commandId' in value;
    return named && typeof value.commandId === 'string' ? value.commandId : undefined;
  } catch {
    return undefined;
  }
}
