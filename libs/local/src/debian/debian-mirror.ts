import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The mirror of Debian that this machine is set up with: it may reach no other one. */
export function findDebianMirror(): string {
  const parts = '/etc/apt/sources.list.d';
  const files = [
    '/etc/apt/sources.list',
    ...(existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : []),
  ];
  const texts = files.filter((file) => existsSync(file)).map((file) => readFileSync(file, 'utf8'));
  const mirror = readMirror(texts.join('\n'));
  if (mirror === undefined) throw new Error('the sources of apt name no mirror of Debian');
  return mirror;
}

/** The address of Debian's own packages among the sources of apt, in either of their two formats. */
export function readMirror(sources: string): string | undefined {
  const addresses = sources.matchAll(/^(?:URIs:\s*|deb\s+(?:\[[^\]]*\]\s+)?)(\S+)/gm);
  return [...addresses]
    .map(([, address = '']) => address.replace(/\/$/, ''))
    .find((address) => address.endsWith('/debian'));
}
