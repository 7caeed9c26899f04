import type { PeerCertificate } from 'node:tls';
import { expect, test } from 'vitest';
import { identityCheck } from './tls-identity.ts';

const certificateOf = (subjectaltname: string): PeerCertificate =>
  ({ subject: { CN: 'server' }, subjectaltname }) as PeerCertificate;
const named = certificateOf('DNS:localhost, DNS:nats.example.org');
const numbered = certificateOf('IP Address:10.0.0.7');

test.each([
  // TLS says "localhost" for every address of numbers.
  [['10.0.0.7'], 'localhost', numbered, true],
  [['10.0.0.7'], 'localhost', named, false],
  [['10.0.0.6', '10.0.0.7'], 'localhost', numbered, true],
  [['10.0.0.6'], 'localhost', numbered, false],
  [['localhost'], 'localhost', named, true],
  [['localhost'], 'localhost', numbered, false],
  [['nats.example.org'], 'nats.example.org', named, true],
  [['other.example.org'], 'other.example.org', named, false],
  // What the servers tell of each other.
  [['nats.example.org'], 'other.example.org', named, false],
  [['nats.example.org', '10.0.0.7'], 'nats.example.org', numbered, false],
])('of %j, called %s, a certificate for %o is right: %s', (hosts, name, certificate, isRight) => {
  expect(identityCheck(hosts)(name, certificate) === undefined).toBe(isRight);
});
