import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** Signed by itself, for 127.0.0.1 and for tests only. */
export const testCertificate = `-----BEGIN CERTIFICATE-----
MIIBmDCCAT6gAwIBAgIUeRKz3CxLgmVP5F6KtF/xyGSn9W0wCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNdGlkZW1hcmsgdGVzdDAgFw0yNjExMjIwNDI4MTJaGA8yMTI2
MTAyOTA0MjgxMlowGDEWMBQGA1UEAwwNdGlkZW1hcmsgdGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABL+eXLWB0Ha2Y7QdMBZjdPNseMpMpJmPm4zkBlkUFSdI
Sh3uuXe+F1ZtxiyXm0U8KeWalZzLztZugm0t2MvDw5ejZDBiMB0GA1UdDgQWBBR8
tIpCjLr7klG2gmvKPjl1Ne7DKDAfBgNVHSMEGDAWgBR8tIpCjLr7klG2gmvKPjl1
Ne7DKDAPBgNVHRMBAf8EBTADAQH/MA8GA1UdEQQIMAaHBH8AAAEwCgYIKoZIzj0E
AwIDSAAwRQIgIfmIDEnVcgYR4K8JgzaIUpzPIx8JiIhndOza7lMFvBACIQCCkjCN
iqVIn3AIHnAc3SHcEqLbMGwNCbx/zeSe9+z21w==
-----END CERTIFICATE-----`;
const testKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWwS/3UGo2AaniOEn
LYDvhH2DKpuHZacMcGF2uU5xlIGhRANCAAS/nly1gdB2tmO0HTAWY3TzbHjKTKSZ
j5uM5AZZFBUnSEod7rl3vhdWbcYsl5tFPCnlmpWcy87WboJtLdjLw8OX
-----END PRIVATE KEY-----`;

/** A way to a PostgreSQL that is encrypted as PostgreSQL does it: the client asks for TLS, then both begin it. */
export interface TlsFront extends AsyncDisposable {
  readonly port: number;
}

/** Starts an encrypted way to the PostgreSQL of a URL. */
export async function startTlsFront(url: string): Promise<TlsFront> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    sockets.add(client.on('error', () => client.destroy()));
    client.once('data', () => {
      // The first message is the wish for TLS, eight bytes; S is yes.
      client.write('S');
      const secure = new TLSSocket(client, { isServer: true, cert: testCertificate, key: testKey });
      const database = connect(Number(port), hostname);
      sockets.add(database.on('error', () => secure.destroy()));
      secure.on('error', () => database.destroy());
      secure.pipe(database).pipe(secure);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
