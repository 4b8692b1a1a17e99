/** The URL of an operator's own service: its form, and which of them may be asked. Pure. */
import { z } from 'zod';
import { isPublicAddress, toLiteralAddress } from './addresses.ts';

/** Longest URL, in characters. */
const maxUrlLength = 2048;

/** As it stands in a policy or with a channel. That `http:` is for hosts alone that are allowed by name is not said here: the settings say which. */
export const entitlementUrlSchema = z
  .url({ protocol: /^https?$/, error: 'must be a URL such as https://shop.example/entitlements' })
  .max(maxUrlLength, `must be at most ${maxUrlLength} characters`)
  .refine(hasNoCredentials, 'must have no user and no password: every request is signed')
  .refine(hasNoFragment, 'must have no fragment');

/** Hosts that an operator allows by name, each `host` for all of its ports or `host:port`, in lower case. */
export type AllowedHosts = readonly string[];

/** Whether the host of the URL is allowed by name: it may have a private address then, and speak plain HTTP. */
export function isAllowedByName(url: URL, allowedHosts: AllowedHosts): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return allowedHosts.includes(url.hostname) || allowedHosts.includes(`${url.hostname}:${port}`);
}

/** What keeps a URL from being asked, as far as it can be seen without a look at the network; undefined when nothing does. */
export function findUrlProblem(text: string, allowedHosts: AllowedHosts): string | undefined {
  const url = new URL(text);
  if (isAllowedByName(url, allowedHosts)) return undefined;
  if (url.protocol !== 'https:') return 'must be https, unless ENTITLEMENT_ALLOWED_HOSTS names the host';
  const address = toLiteralAddress(url.hostname);
  const isPrivate = address === undefined ? isLocalName(url.hostname) : !isPublicAddress(address);
  return isPrivate ? 'must not be of a private address, unless ENTITLEMENT_ALLOWED_HOSTS names the host' : undefined;
}

/** Names that are this machine's wherever they are asked for (RFC 6761). */
function isLocalName(hostname: string): boolean {
  return /^(.+\.)?localhost\.?$/.test(hostname);
}

function hasNoCredentials(text: string): boolean {
  const url = parse(text);
  return url === undefined || (url.username === '' && url.password === '');
}

function hasNoFragment(text: string): boolean {
  return parse(text) === undefined || !text.includes('#');
}

/** Undefined for what is no URL, which is told already. */
function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
