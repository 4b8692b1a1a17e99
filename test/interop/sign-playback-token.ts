/** Signs a playback token as a customer of IVS would, with Node's crypto alone. */
import { sign } from 'node:crypto';
import { readFileSync } from 'node:fs';

const [keyFile, channelArn, viewerId, version] = process.argv.slice(2);
if (keyFile === undefined)
  throw new TypeError('Usage: node sign-playback-token.ts KEY_FILE CHANNEL_ARN VIEWER_ID VERSION');

const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
const header = encode({ alg: 'ES384', typ: 'JWT' });
const payload = encode({
  'aws:channel-arn': channelArn,
  'aws:viewer-id': viewerId,
  'aws:viewer-session-version': Number(version),
  exp: Math.floor(Date.now() / 1000) + 300,
});
// JWS wants the two halves of the signature side by side and not in DER.
const key = { key: readFileSync(keyFile), dsaEncoding: 'ieee-p1363' } as const;
const signature = sign('sha384', Buffer.from(`${header}.${payload}`), key).toString('base64url');
console.log(`${header}.${payload}.${signature}`);
