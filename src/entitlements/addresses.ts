/** Which addresses are anybody's to call: the public ones. Pure. */
import ipaddr from 'ipaddr.js';

/** What IANA has given out of IPv6 to be called from everywhere (iana.org, IPv6 global unicast address assignments). */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/**
 * Whether an IP address is public: unicast, and in no block that is set apart, as for private networks, loopback, link-local,
 * metadata services, documentation and tunnels. An IPv4 address written as an IPv6 one is judged as what it is. False for what is no address.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed instanceof ipaddr.IPv4 || parsed.match(globalUnicast);
}

/** The IP address that a URL's host name is, without its brackets; undefined when it is a name. */
export function toLiteralAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return ipaddr.isValid(bare) ? bare : undefined;
}
