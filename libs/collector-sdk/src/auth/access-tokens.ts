import type { OAuth2 } from '../definition/auth.ts';
import type { Refusal } from '../http/judge-answer.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { AccessToken } from './request-token.ts';

interface KeptToken {
  readonly value: string;
  readonly endsAtMs: number;
}

/** Asks for a new access token. */
export type RequestToken = () => Promise<AccessToken | Refusal>;

/** A token is not used in the last part of its life: it must still hold when the request arrives. */
const MARGIN_SHARE = 0.1;
const MARGIN_MS = 60_000;

/** Access tokens of this process: each is asked for once for everybody who needs it, and kept until shortly before it ends. */
export class AccessTokens {
  readonly #nowMs: () => number;
  readonly #kept = new Map<string, KeptToken>();
  readonly #asked = new Map<string, Promise<string | Refusal>>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  /** The token that is kept, or a new one. */
  get(auth: OAuth2, request: RequestToken): Promise<string | Refusal> {
    const key = canonicalJson(auth);
    const kept = this.#kept.get(key);
    if (kept && kept.endsAtMs > this.#nowMs()) return Promise.resolve(kept.value);
    const asked = this.#asked.get(key);
    if (asked) return asked;
    const asking = this.#ask(key, request).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asking);
    return asking;
  }

  /** Forgets a token that was refused, unless another one has taken its place. */
  forget(auth: OAuth2, value: string): void {
    const key = canonicalJson(auth);
    if (this.#kept.get(key)?.value === value) this.#kept.delete(key);
  }

  async #ask(key: string, request: RequestToken): Promise<string | Refusal> {
    const token = await request();
    if ('code' in token) return token;
    const { value, lifetimeMs = Number.POSITIVE_INFINITY } = token;
    const usableMs = lifetimeMs - Math.min(MARGIN_MS, lifetimeMs * MARGIN_SHARE);
    this.#kept.set(key, { value, endsAtMs: this.#nowMs() + usableMs });
    return value;
  }
}
