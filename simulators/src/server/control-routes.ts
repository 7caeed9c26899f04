import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';
import { jsonAnswer } from './answer.ts';
import type { SimulatorRequest } from './request.ts';

/** The arguments of a change as they arrive over HTTP, before they are checked. */
export type ChangeArguments = Record<string, unknown>;

/** What the control surface of one simulator can do, by the name in the address. */
export interface ControlRoutes {
  changes: Record<string, (args: ChangeArguments) => unknown>;
  /** Answers the whole content as JSON text; text, so that digits stay. */
  content: () => string;
  stats: () => unknown;
}

/** A mistake in the arguments of a change; answered with 400. */
export class ControlArgumentError extends Error {
  override readonly name = 'ControlArgumentError';
}

/** Answers `GET /_control/stats`, `GET /_control/content` and `POST /_control/<change>`. */
export async function answerControl(
  request: SimulatorRequest,
  incoming: IncomingMessage,
  routes: ControlRoutes,
): Promise<Answer> {
  const name = request.path.slice('/_control/'.length);
  if (request.method === 'GET' && name === 'stats') return jsonAnswer(200, routes.stats());
  if (request.method === 'GET' && name === 'content') {
    return { ...jsonAnswer(200, null), body: routes.content() };
  }
  const change = Object.hasOwn(routes.changes, name) ? routes.changes[name] : undefined;
  if (request.method !== 'POST' || change === undefined) {
    const known = Object.keys(routes.changes).map((each) => `POST /_control/${each}`);
    return jsonAnswer(404, { error: `no such control`, known });
  }
  try {
    return jsonAnswer(200, change(await readArguments(incoming)) ?? null);
  } catch (error) {
    if (!(error instanceof ControlArgumentError)) throw error;
    return jsonAnswer(400, { error: error.message });
  }
}

async function readArguments(incoming: IncomingMessage): Promise<ChangeArguments> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8').trim();
  if (text === '') return {};
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ControlArgumentError('the body must be a JSON object');
  }
  return value as ChangeArguments;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ControlArgumentError('the body must be JSON', { cause });
  }
}
