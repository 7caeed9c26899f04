import type { HttpSource } from '../definition/source.ts';
import type { Secrets } from './secrets.ts';

/** A request as it goes out. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** The request with what the source's `auth` asks for; throws when the secret is missing or bound to other hosts. */
export function authorize(
  request: OutgoingRequest,
  auth: HttpSource['auth'],
  secrets: Secrets,
): OutgoingRequest {
  if (auth.kind === 'none') return request;
  const secret = secrets.must(auth.secret, request.url);
  switch (auth.kind) {
    case 'bearer':
      return withHeader(request, 'authorization', `Bearer ${secret}`);
    case 'basic':
      return withHeader(
        request,
        'authorization',
        `Basic ${Buffer.from(secret).toString('base64')}`,
      );
    case 'api-key': {
      if (auth.in === 'header') return withHeader(request, auth.name.toLowerCase(), secret);
      const url = new URL(request.url);
      const mark = url.search === '' ? '?' : '&';
      url.search += `${mark}${encodeURIComponent(auth.name)}=${encodeURIComponent(secret)}`;
      return { ...request, url };
    }
  }
}

function withHeader(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  return { ...request, headers: { ...request.headers, [name]: value } };
}
