import type { HttpSource } from '../definition/source.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently } from './readable.ts';

/** What the settings of `auth` must have in common. */
export function checkAuth({ source }: Sections): Mistake[] {
  if (source?.kind !== 'http' || source.auth.kind !== 'tokens') return [];
  const { auth } = source;
  return independently(
    () => checkName(auth),
    () => checkSecrets(auth),
  );
}

type Tokens = Extract<HttpSource['auth'], { kind: 'tokens' }>;

function checkName({ name, in: place }: Tokens): Mistake[] {
  const path = 'source.auth.name';
  if (place !== 'bearer' && name === undefined) {
    return [{ path, message: `is missing: of the ${place}` }];
  }
  if (place !== 'bearer' || name === undefined) return [];
  return [{ path, message: 'is only for `in: header` and `in: query`' }];
}

function checkSecrets({ secrets }: Tokens): Mistake[] {
  return [...secrets.entries()]
    .filter(([index, secret]) => secrets.indexOf(secret) !== index)
    .map(([index, secret]) => ({
      path: `source.auth.secrets.${index}`,
      message: `"${secret}" is there twice`,
    }));
}
