import { errors, type ConnectionOptions, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { redactText, sleep, TerminalError } from '@tidemark/runtime';
import type { BusOptions } from './connect-bus.ts';
import { identityCheck } from './tls-identity.ts';

const RETRY_MS = 500;
/** A wait that lasts longer is told, with its reason. */
const TELL_AFTER_MS = 5_000;

/** Connects to NATS and waits for a server that is not there yet; what waiting cannot cure ends the wait. */
export async function openConnection(options: BusOptions): Promise<NatsConnection> {
  const settings = settingsOf(options);
  const shown = redactText([settings.servers].flat().join(','));
  const tellAt = performance.now() + TELL_AFTER_MS;
  let told = false;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      return await connect(settings);
    } catch (error) {
      if (isForGood(error)) throw refusal(shown, error);
      if (!told && performance.now() > tellAt) {
        told = true;
        options.logger.warn({ servers: shown, err: error }, 'waiting for NATS');
      }
      await sleep(RETRY_MS, options.signal);
    }
  }
}

function settingsOf(options: BusOptions): ConnectionOptions {
  const { servers, hosts, isSafe, ...login } = addressesOf(options.url);
  const user = options.user ?? login.user;
  const pass = options.password ?? login.pass;
  // Without it a server that knows no TLS would be spoken to in the open, password and all.
  const tls = options.tls ?? (isSafe ? {} : undefined);
  // Node's option, which the client passes on without knowing it.
  const identity = { checkServerIdentity: identityCheck(hosts) };
  return {
    servers,
    name: options.name,
    ...(user === undefined ? {} : { user }),
    ...(pass === undefined ? {} : { pass }),
    // Answers for this user only: its permissions can name them, and nobody else reads along.
    ...(user === undefined ? {} : { inboxPrefix: inboxOf(user) }),
    ...(tls ? { tls: { ...tls, ...identity } } : {}),
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    // A password that is renewed while we run is refused for a moment.
    ignoreAuthErrorAbort: true,
    // A stack for each request is only worth its time where somebody debugs.
    noAsyncTraces: true,
    pingInterval: 10_000,
    maxPingOut: 2,
  };
}

/** OpenSSL's and Node's objections to a certificate; the client's, to a file and to a server without TLS. */
const untrusted =
  /^(ERR_TLS_|ERR_SSL_|ERR_OSSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH)/;
const unusable = /doesn't exist|does not support 'tls'|'tls'|certificate|PEM/i;

/** Whether a connection failed by what it is told to be, and not because nobody was there to talk to. */
function isForGood(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (untrusted.test(code) || error instanceof errors.InvalidArgumentError) return true;
  return error instanceof errors.ConnectionError && unusable.test(error.message);
}

function refusal(servers: string, cause: unknown): TerminalError {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new TerminalError(
    'CONFIG_INVALID',
    `no safe connection to NATS at ${servers}: ${said}; see NATS_URL, NATS_CA_FILE, NATS_CERT_FILE and NATS_KEY_FILE`,
    { cause },
  );
}

/** A user's name may hold what has a meaning in subjects. */
function inboxOf(user: string): string {
  return `_INBOX.${user.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
}

interface Addresses {
  readonly servers: string[];
  readonly hosts: readonly string[];
  /** Whether an address says that the connection has to be encrypted. */
  readonly isSafe: boolean;
  readonly user: string | undefined;
  readonly pass: string | undefined;
}

/** The client takes user and password apart from the address. */
function addressesOf(text: string): Addresses {
  const urls = text.split(',').map((part) => {
    const address = part.trim();
    const withScheme = address.includes('://') ? address : `nats://${address}`;
    if (URL.canParse(withScheme)) return new URL(withScheme);
    throw new TerminalError('CONFIG_INVALID', 'the address of NATS is not a URL; set NATS_URL');
  });
  const login = urls.find((url) => url.username !== '');
  return {
    servers: urls.map((url) => `${url.protocol}//${url.host}`),
    hosts: urls.map(({ hostname }) => hostname.replace(/^\[(.*)\]$/, '$1')),
    isSafe: urls.some((url) => url.protocol === 'tls:'),
    user: login && decodeURIComponent(login.username),
    pass: login && decodeURIComponent(login.password),
  };
}
