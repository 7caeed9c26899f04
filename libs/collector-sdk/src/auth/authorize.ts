import type { Auth } from '../definition/auth.ts';

/** A request as it goes out. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** The request with a credential where the source's `auth` wants it. */
export function authorize(
  request: OutgoingRequest,
  auth: Exclude<Auth, { kind: 'none' }>,
  credential: string,
): OutgoingRequest {
  switch (auth.kind) {
    case 'bearer':
    case 'oauth2':
      return withHeader(request, 'authorization', `Bearer ${credential}`);
    case 'basic':
      return withHeader(request, 'authorization', basic(credential));
    case 'api-key':
      return withKey(request, auth.in, auth.name, credential);
    case 'tokens':
      if (auth.in === 'bearer') return withHeader(request, 'authorization', `Bearer ${credential}`);
      return withKey(request, auth.in, auth.name ?? '', credential);
  }
}

/** What HTTP basic authentication sends for `user:password`. */
export function basic(credential: string): string {
  return `Basic ${Buffer.from(credential).toString('base64')}`;
}

function withKey(
  request: OutgoingRequest,
  place: 'header' | 'query',
  ...[name, value]: [name: string, value: string]
): OutgoingRequest {
  if (place === 'header') return withHeader(request, name.toLowerCase(), value);
  const url = new URL(request.url);
  const mark = url.search === '' ? '?' : '&';
  url.search += `${mark}${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
  return { ...request, url };
}

function withHeader(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
