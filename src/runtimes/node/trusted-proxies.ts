/** Which connections come from a proxy that the operator trusts. */
import { BlockList, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Config } from '../../config.ts';
import type { AppContext } from '../../http/context.ts';

/** Judges by the address of the connection itself, which nobody can make up. */
export function createIsFromTrustedProxy({ trustedProxies }: Pick<Config, 'trustedProxies'>) {
  const trusted = new BlockList();
  for (const proxy of trustedProxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  return function isFromTrustedProxy(context: AppContext): boolean {
    if (trustedProxies.length === 0) return false;
    const { address } = getConnInfo(context).remote;
    return address !== undefined && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  };
}
