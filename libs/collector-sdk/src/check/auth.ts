import type { Mistake, Sections } from './mistake.ts';

/** What the settings of `auth` must have in common. */
export function checkAuth({ source }: Sections): Mistake[] {
  if (source?.kind !== 'http' || source.auth.kind !== 'tokens') return [];
  const { name, secrets, in: place } = source.auth;
  const mistakes: Mistake[] = [];
  if (place !== 'bearer' && name === undefined) {
    mistakes.push({ path: 'source.auth.name', message: `is missing: of the ${place}` });
  }
  if (place === 'bearer' && name !== undefined) {
    mistakes.push({
      path: 'source.auth.name',
      message: 'is only for `in: header` and `in: query`',
    });
  }
  for (const [index, secret] of secrets.entries()) {
    if (secrets.indexOf(secret) === index) continue;
    mistakes.push({ path: `source.auth.secrets.${index}`, message: `"${secret}" is there twice` });
  }
  return mistakes;
}
