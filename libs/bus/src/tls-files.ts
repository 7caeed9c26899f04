import type { TlsOptions } from '@nats-io/nats-core';

/** Settings that name files of certificates, as they stand in an environment. */
export interface TlsFiles {
  /** Whom to trust, where that is not one of the authorities that everybody trusts. */
  readonly NATS_CA_FILE?: string | undefined;
  /** Who we are, for a server that wants to know it by a certificate. */
  readonly NATS_CERT_FILE?: string | undefined;
  readonly NATS_KEY_FILE?: string | undefined;
}

/** What a connection to NATS needs of them; nothing where none is named. Each makes TLS a condition. */
export function readTlsFiles(files: TlsFiles): TlsOptions | undefined {
  const named = {
    ...(files.NATS_CA_FILE && { caFile: files.NATS_CA_FILE }),
    ...(files.NATS_CERT_FILE && { certFile: files.NATS_CERT_FILE }),
    ...(files.NATS_KEY_FILE && { keyFile: files.NATS_KEY_FILE }),
  };
  return Object.keys(named).length > 0 ? named : undefined;
}
