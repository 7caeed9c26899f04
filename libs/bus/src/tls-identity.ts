import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';

/**
 * Whether a certificate is that of one of the servers that we were told of. The client names a server to TLS only where its
 * address is a name; of an address of numbers, TLS would take "localhost" for its name.
 */
export function identityCheck(
  hosts: readonly string[],
): (name: string, certificate: PeerCertificate) => Error | undefined {
  const numbers = hosts.filter((host) => isIP(host) !== 0);
  const names = new Set(hosts.filter((host) => isIP(host) === 0));
  return (name, certificate) => {
    if (names.has(name) || numbers.length === 0) return checkServerIdentity(name, certificate);
    const problems = numbers.map((host) => checkServerIdentity(host, certificate));
    return problems.includes(undefined) ? undefined : problems[0];
  };
}
