/** Where the demo lies on the service's address. */

/** The page itself is at this path with a slash behind it. */
export const demoPath = '/demo';

/** The public keys of the demo's identity provider. */
export const jwksPath = '/identity/jwks.json';
