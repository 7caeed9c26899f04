import { TerminalError } from '@tidemark/runtime';

/** A secret that definitions may name, and the hosts it may be sent to (any when none is given). */
export interface Secret {
  readonly name: string;
  readonly value: string;
  readonly hosts: readonly string[];
}

const PREFIX = 'TIDEMARK_SECRET_';
const HOSTS = '_HOSTS';

/** The secrets among the variables of an environment: `TIDEMARK_SECRET_<NAME>`, bound by `TIDEMARK_SECRET_<NAME>_HOSTS`. */
export function readSecrets(env: Readonly<Record<string, string | undefined>>): Secrets {
  const secrets = Object.entries(env).flatMap(([variable, value]) => {
    if (!variable.startsWith(PREFIX) || variable.endsWith(HOSTS) || !value) return [];
    const hosts = (env[variable + HOSTS] ?? '').split(',').map((host) => host.trim().toLowerCase());
    return [{ name: variable.slice(PREFIX.length), value, hosts: hosts.filter(Boolean) }];
  });
  return new Secrets(secrets);
}

/** Gives a secret to the hosts it is bound to, and keeps all of them out of texts. */
export class Secrets {
  readonly #byName: ReadonlyMap<string, Secret>;
  readonly #forms: readonly string[];

  constructor(secrets: readonly Secret[]) {
    this.#byName = new Map(secrets.map((secret) => [secret.name, secret]));
    // The longest first, so that no form leaves the end of another behind.
    this.#forms = [...new Set(secrets.flatMap(formsOf))].toSorted((a, b) => b.length - a.length);
  }

  /** The value of a secret for one host; throws when it is missing or bound to others. */
  must(name: string, url: URL): string {
    const secret = this.#byName.get(name);
    if (!secret) {
      throw new TerminalError(
        'SECRET_MISSING',
        `the secret ${PREFIX}${name} is not set for the extractor`,
      );
    }
    const { hosts } = secret;
    if (hosts.length > 0 && !hosts.includes(url.host) && !hosts.includes(url.hostname)) {
      throw new TerminalError(
        'SECRET_NOT_BOUND',
        `the secret ${PREFIX}${name} is bound to ${hosts.join(', ')}, not to ${url.host}`,
      );
    }
    return secret.value;
  }

  /** The text without any secret's value, whatever form it was sent in. */
  redact(text: string): string {
    let redacted = text;
    for (const form of this.#forms) redacted = redacted.replaceAll(form, '[redacted]');
    return redacted;
  }
}

/** Shorter texts would redact what only looks like them. */
const SHORTEST = 4;

function formsOf({ value }: Secret): string[] {
  const password = value.includes(':') ? value.slice(value.indexOf(':') + 1) : value;
  const forms = [value, password].flatMap((each) => [
    each,
    encodeURIComponent(each),
    JSON.stringify(each).slice(1, -1),
    Buffer.from(each).toString('base64'),
  ]);
  return forms.filter((form) => form.length >= SHORTEST);
}
