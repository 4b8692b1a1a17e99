/** Whether a request's Origin is among those allowed, as IVS writes them: `*`, `https://tv.example`, `https://*.example.com`. */

/** Any origin: its scheme with the slashes, and its host with the port. */
const originForm = /^([a-z][a-z0-9+.-]*:\/\/)([^\s/?#@*,]+)$/;

/**
 * Whether an origin matches one of the allowed. A hostname may begin with `*` (AWS user guide, private-channels-generate-tokens),
 * which here stands for at least one character: `https://*.example.com` does not match `https://example.com`.
 * Scheme and port must be equal, but `https://*` takes any port. `*` alone matches every origin, `null` included.
 */
export function matchesOrigin(allowed: readonly string[], origin: string): boolean {
  return allowed.some((pattern) => matchesPattern(pattern.trim().toLowerCase(), origin.toLowerCase()));
}

function matchesPattern(pattern: string, origin: string): boolean {
  if (pattern === '*') return true;
  const [, scheme, authority] = originForm.exec(origin) ?? [];
  if (scheme === undefined || authority === undefined) return false;
  if (!pattern.startsWith(`${scheme}*`)) return pattern === origin;
  const suffix = pattern.slice(scheme.length + 1);
  return authority.length > suffix.length && authority.endsWith(suffix);
}

/** Whether a request may have what is restricted to the `allowed` origins, undefined for no restriction. When `strict`, it needs an Origin too. */
export function allowsOrigin(allowed: readonly string[] | undefined, strict: boolean, origin?: string): boolean {
  if (origin === undefined) return !strict;
  return allowed === undefined || matchesOrigin(allowed, origin);
}
