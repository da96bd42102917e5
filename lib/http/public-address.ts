import ipaddr from 'ipaddr.js';

/**
 * Whether an IP address, in any notation that resolvers take (dotted, decimal, octal, hexadecimal, IPv6 with or without
 * an IPv4 address inside), is one of the public internet by the special-purpose registries of IANA. Anything that is no
 * address is not public.
 */
export function isPublicAddress(text: string): boolean {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (!ipaddr.isValid(bare)) return false;
  const address = ipaddr.parse(bare);
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  const inner = innerAddress(address);
  if (inner !== undefined) return inner.range() === 'unicast';
  return address.range() === 'unicast' && address.match(globalUnicast);
}

const globalUnicast: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];
// RFC 6052: what a network without IPv4 uses for the whole of IPv4. The local prefix of RFC 8215 is not public.
const nat64: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('64:ff9b::'), 96];

/** The IPv4 address that a packet to this one ends up at. */
function innerAddress(address: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (address.isIPv4MappedAddress()) return address.toIPv4Address();
  if (address.match(nat64)) return new ipaddr.IPv4(address.toByteArray().slice(12));
  return undefined;
}

/** Looks a name up, as `lookup` of `node:dns/promises` does with `all`. */
export type Lookup = (hostname: string) => Promise<readonly { address: string; family: number }[]>;

/**
 * The public addresses of a host, IPv4 first, to be connected to as they are: a second look-up could give others. Empty
 * when it has none. What `lookup` throws for an unknown name passes through.
 */
export async function resolvePublic(hostname: string, lookup: Lookup): Promise<string[]> {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (ipaddr.isValid(bare)) return isPublicAddress(bare) ? [ipaddr.parse(bare).toString()] : [];
  const found = await lookup(hostname);
  return [...found]
    .sort((one, other) => one.family - other.family)
    .map(({ address }) => address)
    .filter(isPublicAddress);
}
