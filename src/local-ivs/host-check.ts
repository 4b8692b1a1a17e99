/** Which host a request must name, so that a page whose name was made to resolve to this machine (DNS rebinding) gets nothing. */

const loopbackHosts: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The host of a Host header without its port, in small letters; undefined when it is none. */
function toHostname(header: string): string | undefined {
  return /^(\[[0-9a-f:.]+\]|[^[\]:@/\s]+)(?::\d*)?$/.exec(header.toLowerCase())?.[1];
}

/** Whether a Host header names this machine's loopback, one of the hosts, or that of one of the URLs, at any port. */
export function isOwnHost(header: string, ownUrls: readonly string[], hosts: readonly string[] = []): boolean {
  const hostname = toHostname(header);
  if (hostname === undefined) return false;
  return (
    loopbackHosts.has(hostname) ||
    hosts.includes(hostname) ||
    ownUrls.some((url) => URL.parse(url)?.hostname === hostname)
  );
}
