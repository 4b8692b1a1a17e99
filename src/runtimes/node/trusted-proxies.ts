/** Which connections come from a proxy that the operator trusts, and from where a request came before that. */
import { BlockList, isIP, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Config } from '../../config.ts';
import type { AppContext } from '../../http/context.ts';

/** What is known of who sent a request. */
export interface Senders {
  /** Judged by the address of the connection itself, which nobody can make up. */
  isFromTrustedProxy(context: AppContext): boolean;
  /**
   * The address of the connection; of a trusted proxy's, the last one in `X-Forwarded-For` that is no trusted proxy: whoever sent the
   * request can have made up those before it.
   */
  clientAddress(context: AppContext): string | undefined;
}

/** Binds it to the proxies of the settings. */
export function createSenders({ trustedProxies }: Pick<Config, 'trustedProxies'>): Senders {
  const trusted = new BlockList();
  for (const proxy of trustedProxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string | undefined) =>
    trustedProxies.length > 0 &&
    address !== undefined &&
    isIP(address) !== 0 &&
    trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  const toConnection = (context: AppContext) => getConnInfo(context).remote.address;
  return {
    isFromTrustedProxy: (context) => isTrusted(toConnection(context)),
    clientAddress(context) {
      const connection = toConnection(context);
      if (!isTrusted(connection)) return connection;
      const hops = (context.req.header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
      const last = hops.findLast((hop) => !isTrusted(hop));
      return last !== undefined && isIP(last) !== 0 ? last : connection;
    },
  };
}
