/**
 * Connections to sources. A definition names hosts, so it could name one that only this machine can reach and that hands
 * out credentials: the metadata service of a cloud. Such addresses are refused as a literal and after the name is resolved,
 * at the moment of connecting, so that no answer of a name server comes in between. Loopback and private networks are
 * allowed: that is where internal APIs are.
 */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, buildConnector } from 'undici';

/** A connection that no definition may ask for. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
  readonly code = 'ADDRESS_REFUSED';
}

const refused = new BlockList();
refused.addSubnet('169.254.0.0', 16, 'ipv4');
refused.addSubnet('fe80::', 10, 'ipv6');
// Link-local addresses of IPv4 as gateways write them in IPv6: NAT64, 6to4, and the form before both.
refused.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
refused.addSubnet('2002:a9fe::', 32, 'ipv6');
refused.addSubnet('::a9fe:0', 112, 'ipv6');
// Metadata services outside the link-local range: AWS, Google and Oracle over IPv6, Alibaba Cloud, Oracle, Azure's wire server.
refused.addSubnet('fd00:ec2::', 32, 'ipv6');
refused.addSubnet('fd20:ce::', 32, 'ipv6');
refused.addSubnet('fd00:c1::', 32, 'ipv6');
refused.addAddress('100.100.100.200', 'ipv4');
refused.addAddress('192.0.0.192', 'ipv4');
refused.addAddress('168.63.129.16', 'ipv4');

/** Whether no source may be at this address. */
export function isRefusedAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  return refused.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** How the addresses of a name are found. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Finds the address of a name for a connection to a source; fails for one that no source may be at. */
export function createGuardedLookup(resolve: Resolve = lookup): LookupFunction {
  return (hostname, options, callback) => guardedLookup(resolve, hostname, options, callback);
}

/** Connections to sources, none of them to a metadata service. */
export function createGuardedAgent(connections: number, resolve: Resolve = lookup): Agent {
  const connect = buildConnector({
    // Over HTTP/2 the client takes a body that the source broke off for a whole one.
    allowH2: false,
    lookup: createGuardedLookup(resolve),
  });
  return new Agent({
    connections,
    allowH2: false,
    connect: (options, callback) => {
      // A literal address is not looked up.
      const host = options.hostname.replace(/^\[|\]$/g, '');
      if (isRefusedAddress(host)) callback(refusal(options.hostname, host), null);
      else connect(options, callback);
    },
  });
}

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

function guardedLookup(
  resolve: Resolve,
  hostname: string,
  ...[options, callback]: [options: LookupOptions, callback: LookupCallback]
): void {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const found = addresses.find(({ address }) => isRefusedAddress(address));
    if (found) return callback(refusal(hostname, found.address), []);
    if (options.all === true) return callback(null, addresses);
    const [first] = addresses;
    return callback(null, first?.address ?? '', first?.family);
  });
}

function refusal(host: string, address: string): AddressRefusedError {
  const of = host === address ? '' : ` of ${host}`;
  return new AddressRefusedError(`the address ${address}${of} is not for sources`);
}
