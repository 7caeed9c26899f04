/**
 * What requests are authorised with. A credential is a secret, or what a secret brings: an access token, which is asked for
 * once for all lanes and kept in memory, or one of several tokens, each with a rate budget of its own. One that the source
 * refuses is forgotten here, or not chosen for a while; whether the request is worth another try is answered by `renew`.
 */
import { TerminalError, unlessAborted } from '@tidemark/runtime';
import type { Dispatcher } from 'undici';
import type { HttpSource } from '../definition/source.ts';
import { durationToMs } from '../duration.ts';
import type { Refusal } from '../http/judge-answer.ts';
import { AccessTokens } from './access-tokens.ts';
import { authorize, type OutgoingRequest } from './authorize.ts';
import { requestToken } from './request-token.ts';
import type { Secrets } from './secrets.ts';

/** What one request is authorised with, where there is more than one thing it could be. */
export interface Grant {
  /** The access token of `oauth2`. */
  readonly token?: string | undefined;
  /** The secret of `tokens` whose turn it is. */
  readonly secret?: string | undefined;
}

/** After a refusal: another token of several is left, a fresh one can be had, or there is nothing else to try. */
export type Renewal = 'other' | 'fresh' | 'none';

/** So long one of several tokens that was refused is not chosen: it may have been the source's own trouble. */
const RETIRED_MS = 600_000;

/** Authorises the requests of this process. */
export class Credentials {
  readonly #secrets: Secrets;
  readonly #dispatcher: Dispatcher;
  readonly #tokens = new AccessTokens();
  readonly #now: () => number;
  /** When each token that was refused may be chosen again. */
  readonly #retiredUntil = new Map<string, number>();

  /** `now`: milliseconds of a clock that only goes forward. */
  constructor(
    secrets: Secrets,
    dispatcher: Dispatcher,
    now: () => number = () => performance.now(),
  ) {
    this.#secrets = secrets;
    this.#dispatcher = dispatcher;
    this.#now = now;
  }

  /** Names of the secrets of which one goes with a request, each with a quota of its own; empty for other kinds. */
  choices({ auth }: HttpSource): readonly string[] {
    if (auth.kind !== 'tokens') return [];
    const left = auth.secrets.filter((name) => !this.#isRetired(name));
    if (left.length > 0) return left;
    throw new TerminalError(
      'SOURCE_AUTH_REJECTED',
      `the source accepts none of the tokens ${auth.secrets.join(', ')}; each is tried again ${RETIRED_MS / 60_000} minutes after it was refused`,
    );
  }

  /** The access token of the source, asked for when there is none that still holds; undefined for other kinds. */
  async token(source: HttpSource, signal: AbortSignal): Promise<string | Refusal | undefined> {
    const { auth } = source;
    if (auth.kind !== 'oauth2') return undefined;
    const clientSecret = this.#secrets.must(auth.secret, new URL(auth.tokenUrl));
    // The token is worth as much as its secret: it goes to no other host.
    this.#secrets.must(auth.secret, new URL(source.baseUrl));
    const asked = this.#tokens.get(auth, async () => {
      const token = await requestToken(auth, clientSecret, {
        dispatcher: this.#dispatcher,
        timeoutMs: durationToMs(source.timeout),
        // Shared by all lanes: that one of them stops must not end it for the others.
        signal: new AbortController().signal,
      });
      if ('value' in token) this.#secrets.learn(token.value);
      return token;
    });
    return unlessAborted(signal, asked);
  }

  /** The request with what the source's `auth` asks for; throws when the secret is missing or not bound to the host. */
  authorize(request: OutgoingRequest, { auth }: HttpSource, grant: Grant): OutgoingRequest {
    switch (auth.kind) {
      case 'none':
        return request;
      case 'oauth2':
        if (grant.token === undefined) throw new Error('bug: no access token was asked for');
        this.#secrets.must(auth.secret, request.url);
        return authorize(request, auth, grant.token);
      case 'tokens':
        if (grant.secret === undefined) throw new Error('bug: none of the tokens was chosen');
        return authorize(request, auth, this.#secrets.must(grant.secret, request.url));
      case 'bearer':
      case 'api-key':
      case 'basic':
        return authorize(request, auth, this.#secrets.must(auth.secret, request.url));
    }
  }

  /** Forgets what the source refused, and tells what else there is. */
  renew({ auth }: HttpSource, grant: Grant): Renewal {
    if (auth.kind === 'oauth2' && grant.token !== undefined) {
      this.#tokens.forget(auth, grant.token);
      return 'fresh';
    }
    if (auth.kind === 'tokens' && grant.secret !== undefined) {
      this.#retiredUntil.set(grant.secret, this.#now() + RETIRED_MS);
      return auth.secrets.some((name) => !this.#isRetired(name)) ? 'other' : 'none';
    }
    return 'none';
  }

  #isRetired(secret: string): boolean {
    return this.#now() < (this.#retiredUntil.get(secret) ?? 0);
  }
}
