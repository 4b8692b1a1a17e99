/** Prints how many ES384 signatures a second jose makes here, with nothing around them: `bare-signatures.ts IN_FLIGHT SECONDS`. */
import { generateKeyPair, SignJWT } from 'jose';

const [inFlight, seconds] = process.argv.slice(2).map(Number);
if (inFlight === undefined || seconds === undefined)
  throw new TypeError('needs how many in flight, and for how many seconds');

const { privateKey } = await generateKeyPair('ES384');
const claims = {
  'aws:channel-arn': 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh',
  'aws:viewer-id': 'viewer-1234567',
  'aws:viewer-session-version': 1795194000,
  exp: 1795194120,
};
const startedAt = performance.now();
const endsAt = startedAt + seconds * 1000;
let signed = 0;

async function signUntilTheEnd(): Promise<void> {
  while (performance.now() < endsAt) {
    await new SignJWT(claims).setProtectedHeader({ alg: 'ES384', typ: 'JWT' }).sign(privateKey);
    signed++;
  }
}

await Promise.all(Array.from({ length: inFlight }, signUntilTheEnd));
console.log((signed * 1000) / (performance.now() - startedAt));
