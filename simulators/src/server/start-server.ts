import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './answer.ts';
import { textAnswer } from './answer.ts';
import { findCount, mustCount, readFault, refuseUnknown } from './change-arguments.ts';
import type { ControlRoutes } from './control-routes.ts';
import { answerControl } from './control-routes.ts';
import type { Fault } from './faults.ts';
import { FaultPlan } from './faults.ts';
import type { SimulatorRequest } from './request.ts';
import { readRequest } from './request.ts';
import { send } from './send.ts';
import type { LoggedRequest, Stats } from './stats.ts';
import { StatsKeeper } from './stats.ts';

/** What every simulator takes. */
export interface ServerOptions {
  /** 0, the default, picks a free port. */
  port?: number;
  /** The address to listen on, 127.0.0.1 when absent. */
  host?: string;
  /** Waited before every answer. */
  latencyMs?: number;
  /** The source's own clock, in ms since 1970; it makes the `Date` header. */
  clock?: () => number;
}

/** Faults and latency, which every simulator's control offers. */
export interface ServerControl {
  /** The next `times` requests (1 when absent) meet this fault. */
  failNext(fault: Fault, times?: number): void;
  clearFaults(): void;
  /** Faults planned that no request has met yet. */
  waitingFaults(): number;
  setLatencyMs(latencyMs: number): void;
  resetStats(): void;
}

/** A running simulator. */
export interface Simulator<Control> extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly url: string;
  readonly control: Control & ServerControl;
  /** Live counters. */
  readonly stats: Stats;
  /** The newest 10,000 requests, oldest first. */
  readonly requests: readonly LoggedRequest[];
  stop(): Promise<void>;
}

/** What a simulated service adds to the common server. */
export interface SimulatedService<Control> {
  answer: (request: SimulatorRequest) => Answer;
  control: Control;
  routes: Omit<ControlRoutes, 'stats'>;
}

/** Starts a service, on 127.0.0.1 unless told otherwise; resolves once it listens. */
export async function startServer<Control extends object>(
  service: SimulatedService<Control>,
  options: ServerOptions,
): Promise<Simulator<Control>> {
  const host = new ServiceHost(service, options);
  const url = await host.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  const stop = (): Promise<void> => host.stop();
  return {
    url,
    control: { ...service.control, ...host.control },
    stats: host.keeper.stats,
    requests: host.keeper.requests,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

class ServiceHost {
  readonly keeper = new StatsKeeper();
  readonly control: ServerControl;
  readonly #faults = new FaultPlan();
  readonly #stopping = new AbortController();
  readonly #answer: (request: SimulatorRequest) => Answer;
  readonly #routes: ControlRoutes;
  readonly #clock: () => number;
  readonly #server: Server;
  #latencyMs: number;

  constructor(service: SimulatedService<object>, options: ServerOptions) {
    this.#answer = service.answer;
    this.#clock = options.clock ?? Date.now;
    this.#latencyMs = options.latencyMs ?? 0;
    this.control = this.#makeControl();
    this.#routes = {
      content: service.routes.content,
      changes: { ...service.routes.changes, ...this.#serverChanges() },
      stats: () => ({ ...this.keeper.stats, waitingFaults: this.#faults.waitingFaults }),
    };
    this.#server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch((error: unknown) => this.#crash(response, error));
    });
  }

  async listen(port: number, address: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, address, resolve);
    });
    const bound = this.#server.address() as AddressInfo;
    // One that listens everywhere is reached from here, too.
    const host = bound.address === '0.0.0.0' ? '127.0.0.1' : bound.address;
    return `http://${host}:${bound.port}`;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = readRequest(incoming);
    if (request === undefined) {
      return this.#send(incoming, response, textAnswer(400, 'Bad Request'));
    }
    if (request.path.startsWith('/_control/')) {
      const answer = await answerControl(request, incoming, this.#routes);
      return this.#send(incoming, response, answer);
    }
    const logged: LoggedRequest = { method: request.method, target: request.target, status: 0 };
    this.keeper.countRequest(request.path, logged);
    const fault = this.#faults.take();
    if (fault !== undefined) this.keeper.countFault();
    await this.#wait(this.#latencyMs);
    if (fault?.kind === 'reset') return reset(response);
    if (fault?.kind === 'stall') await this.#wait(fault.stallMs);
    const answer = this.#answerUnder(request, fault);
    logged.status = answer.status;
    const half = fault?.kind === 'half';
    if (!half) {
      this.keeper.countAnswer(request.path, answer.recordRows, Buffer.byteLength(answer.body));
    }
    await this.#send(incoming, response, answer, half);
  }

  #answerUnder(request: SimulatorRequest, fault: Fault | undefined): Answer {
    if (fault?.kind === 'status') return statusAnswer(fault);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return { ...textAnswer(405, 'Method Not Allowed'), headers: { allow: 'GET, HEAD' } };
    }
    const answer = this.#answer(request);
    return fault?.kind === 'garbage' ? { ...answer, ...garbage } : answer;
  }

  async #send(
    incoming: IncomingMessage,
    response: ServerResponse,
    answer: Answer,
    half = false,
  ): Promise<void> {
    await send(incoming, response, { ...answer, dateMs: this.#clock(), half });
  }

  #crash(response: ServerResponse, error: unknown): void {
    if (this.#stopping.signal.aborted || response.headersSent) {
      response.destroy();
      return;
    }
    // A mistake in a simulator must not look like a source that is merely down.
    response.writeHead(500, { 'content-type': 'text/plain' });
    response.end(`the simulator failed: ${error instanceof Error ? error.stack : String(error)}`);
  }

  async #wait(waitMs: number): Promise<void> {
    if (waitMs > 0) await delay(waitMs, undefined, { signal: this.#stopping.signal });
  }

  #makeControl(): ServerControl {
    return {
      failNext: (fault, times = 1) => this.#faults.plan(fault, times),
      clearFaults: () => this.#faults.clear(),
      waitingFaults: () => this.#faults.waitingFaults,
      setLatencyMs: (latencyMs) => {
        this.#latencyMs = latencyMs;
      },
      resetStats: () => this.keeper.reset(),
    };
  }

  #serverChanges(): ControlRoutes['changes'] {
    return {
      'fail-next': (args) => {
        const { fault, times } = readFault(args);
        this.#faults.plan(fault, times);
      },
      'clear-faults': () => this.#faults.clear(),
      latency: (args) => {
        refuseUnknown(args, ['latencyMs']);
        this.#latencyMs = mustCount(args, 'latencyMs');
      },
      'reset-stats': () => this.keeper.reset(),
      requests: (args) => {
        refuseUnknown(args, ['last']);
        return this.keeper.requests.slice(-(findCount(args, 'last') ?? 100));
      },
    };
  }
}

const garbage: Partial<Answer> = {
  body: Buffer.from('<html><body>\u0000\u00ff not what you asked for', 'latin1'),
  recordRows: 0,
};

function statusAnswer(fault: Extract<Fault, { kind: 'status' }>): Answer {
  return {
    status: fault.status,
    contentType: fault.contentType ?? 'text/plain',
    body: fault.body ?? `simulated status ${fault.status}`,
    recordRows: 0,
    headers: fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter },
  };
}

function reset(response: ServerResponse): void {
  const socket: Socket | null = response.socket;
  socket?.resetAndDestroy();
}
