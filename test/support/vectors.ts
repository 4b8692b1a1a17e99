/** The vectors of `test/vectors`, which another implementation made. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const anyObject = z.record(z.string(), z.unknown());
const read = (name: string) => readFileSync(new URL(`../vectors/${name}`, import.meta.url), 'utf8');

/** Each line of a file, as its name and its value. */
function readPairs(name: string): readonly (readonly [name: string, value: string])[] {
  const lines = read(name).trimEnd().split('\n');
  return lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
}

/** SPKI PEM of a test key, `first` or `other`. */
export const loadPublicKey = (name: string) => read(`test-keys/${name}.public.pem`);

/** Which key has which fingerprint. */
export const loadFingerprints = () => readPairs('fingerprints.txt');

/** Tokens by `first` that hold, by the name of their claims. */
export const loadTokens = () => readPairs('tokens.txt');

/** Why each does not hold, and a token. */
export const loadTamperedTokens = () => readPairs('tampered.txt');

/** The claims as they were signed. */
export const loadClaims = (name: string) => anyObject.parse(JSON.parse(read(`claims/${name}.txt`)));

/** What is asked, and the claims that the token must carry. */
export const loadAsks = (): unknown => JSON.parse(read('asks.json'));
