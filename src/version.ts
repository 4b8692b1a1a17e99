/** Which version of Playgate this is. */

/** As `package.json` says it; a test holds them together. */
export const version = '0.1.0';
