import { readSettingFile, TerminalError } from '@tidemark/runtime';

/** A secret that definitions may name, and the hosts it may be sent to: without any, only this machine. */
export interface Secret {
  readonly name: string;
  readonly value: string;
  readonly hosts: readonly string[];
}

const PREFIX = 'TIDEMARK_SECRET_';
const HOSTS = '_HOSTS';

const FILE = '_FILE';

/**
 * The secrets among the variables of an environment: `TIDEMARK_SECRET_<NAME>`, or a file that holds it, named by
 * `TIDEMARK_SECRET_<NAME>_FILE`; bound by `TIDEMARK_SECRET_<NAME>_HOSTS`.
 */
export function readSecrets(env: Readonly<Record<string, string | undefined>>): Secrets {
  const given = Object.entries(env).flatMap(([name, text]) => {
    if (!name.startsWith(PREFIX) || name.endsWith(HOSTS) || !text) return [];
    if (!name.endsWith(FILE)) return [[name, text] as const];
    const variable = name.slice(0, -FILE.length);
    const value = readSettingFile(variable, env);
    return value ? [[variable, value] as const] : [];
  });
  const secrets = given.map(([variable, value]) => {
    const hosts = (env[variable + HOSTS] ?? '').split(',').map((host) => host.trim().toLowerCase());
    return { name: variable.slice(PREFIX.length), value, hosts: hosts.filter(Boolean) };
  });
  return new Secrets(secrets);
}

/** Gives a secret to the hosts it is bound to, and keeps all of them out of texts. */
export class Secrets {
  readonly #byName: ReadonlyMap<string, Secret>;
  readonly #forms: readonly string[];
  readonly #learnt = new Set<string>();

  constructor(secrets: readonly Secret[]) {
    this.#byName = new Map(secrets.map((secret) => [secret.name, secret]));
    // The longest first, so that no form leaves the end of another behind.
    this.#forms = [...new Set(secrets.flatMap(({ value }) => formsOf(value)))].toSorted(
      (a, b) => b.length - a.length,
    );
  }

  /** The value of a secret for one host; throws when it is missing or not bound to that host. */
  must(name: string, url: URL): string {
    const secret = this.#byName.get(name);
    if (!secret) throw missing(name);
    if (!isBoundTo(secret, url)) throw notBound(secret, url);
    return secret.value;
  }

  /** The address that a secret holds. It names its host itself; one that is bound to hosts as well has to be among them. */
  mustAddress(name: string): URL {
    const secret = this.#byName.get(name);
    if (!secret) throw missing(name);
    const url = URL.parse(secret.value);
    if (!url) {
      throw new TerminalError(
        'CONFIG_INVALID',
        `the secret ${PREFIX}${name} is not of the form postgres://user:password@host:port/database`,
      );
    }
    if (secret.hosts.length > 0 && !isBoundTo(secret, url)) throw notBound(secret, url);
    return url;
  }

  /** Keeps a value that a secret brought, such as an access token, out of texts too. */
  learn(value: string): void {
    this.#learnt.delete(value);
    this.#learnt.add(value);
    const [oldest] = this.#learnt;
    if (this.#learnt.size > MAX_LEARNT && oldest !== undefined) this.#learnt.delete(oldest);
  }

  /** The text without any secret's value, whatever form it was sent in. */
  redact(text: string): string {
    let redacted = text;
    for (const form of this.#forms) redacted = redacted.replaceAll(form, '[redacted]');
    for (const value of this.#learnt) {
      for (const form of formsOf(value)) redacted = redacted.replaceAll(form, '[redacted]');
    }
    return redacted;
  }
}

/** Older access tokens have long ended. */
const MAX_LEARNT = 50;

/** Without hosts a secret stays on this machine: who may write a definition may not send it anywhere. */
function isBoundTo({ hosts }: Secret, url: URL): boolean {
  if (hosts.length === 0) return isLoopback(url.hostname);
  return hosts.includes(url.host) || hosts.includes(url.hostname);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
}

function missing(name: string): TerminalError {
  return new TerminalError(
    'SECRET_MISSING',
    `the secret ${PREFIX}${name} is not set: put it into the environment of the extractor, or into yours for a test from here`,
  );
}

function notBound({ name, hosts }: Secret, url: URL): TerminalError {
  const variable = PREFIX + name;
  const bound =
    hosts.length === 0
      ? `the secret ${variable} is bound to no host; to send it to ${url.host}, set ${variable}${HOSTS}=${url.hostname} for the extractor`
      : `the secret ${variable} is bound to ${hosts.join(', ')}, not to ${url.host}; see ${variable}${HOSTS} of the extractor`;
  return new TerminalError('SECRET_NOT_BOUND', bound);
}

/** Shorter texts would redact what only looks like them. */
const SHORTEST = 4;

function formsOf(value: string): string[] {
  const password = value.includes(':') ? value.slice(value.indexOf(':') + 1) : value;
  const forms = [value, password, ...passwordsIn(value)].flatMap((each) => {
    const asInForms = new URLSearchParams({ x: each }).toString().slice(2);
    const escaped = [encodeURIComponent(each), asInForms, JSON.stringify(each).slice(1, -1)];
    return [each, ...escaped, ...inBase64(each), ...inBase64(asInForms)];
  });
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST);
}

/**
 * How base64 writes a text, by itself and behind others, as in `user:password`: there are three ways, by how many bytes stand
 * before it. What depends on its neighbours is left out, which is less than a byte at each end.
 */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text);
  const inside = [0, 1, 2].map((before) => {
    const coded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    return coded.slice(first, Math.floor(((before + bytes.length) * 8) / 6));
  });
  return [bytes.toString('base64'), ...inside];
}

/** The password of an address, as it stands there and as it is sent. */
function passwordsIn(value: string): string[] {
  const encoded = URL.parse(value)?.password ?? '';
  if (encoded === '') return [];
  try {
    return [encoded, decodeURIComponent(encoded)];
  } catch {
    return [encoded];
  }
}
