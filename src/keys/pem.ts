/** Private keys as operators have them: PEM files of OpenSSL and of AWS's console, in either form. */

/** What is read of a PEM: the private key as PKCS#8, or what is wrong, in words that quote nothing of it. */
export type ReadPem = { readonly pkcs8: string } | { readonly problem: string };

/** AlgorithmIdentifier of a key on P-384 (RFC 5480): id-ecPublicKey with the curve secp384r1. */
const p384Algorithm = [
  0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22,
];
/** The same curve as SEC1 keys name it, in a field of their own (RFC 5915). */
const p384Parameters = '2b81040022';
const isEncrypted = 'is encrypted: decrypt it first, such as with openssl pkcs8 -topk8 -nocrypt';

/** Reads a PEM of PKCS#8 (`BEGIN PRIVATE KEY`) or SEC1 (`BEGIN EC PRIVATE KEY`). Whether it is a key of P-384 is for whoever imports it to see. */
export function readPrivatePem(text: string): ReadPem {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----\s([\s\S]*?)-----END \1-----/g)];
  const find = (label: string) => blocks.find(([, found]) => found === label)?.[2];
  const sec1 = find('EC PRIVATE KEY');
  if (find('ENCRYPTED PRIVATE KEY') !== undefined || sec1?.includes('ENCRYPTED')) return { problem: isEncrypted };
  const pkcs8 = find('PRIVATE KEY');
  if (pkcs8 !== undefined) return { pkcs8: toPem(pkcs8.replace(/\s/g, '')) };
  if (sec1 !== undefined) return readSec1(sec1);
  if (find('PUBLIC KEY') !== undefined) return { problem: 'is a public key: the private half is needed' };
  return {
    problem:
      'must be a private key as PEM, which begins with -----BEGIN PRIVATE KEY----- or -----BEGIN EC PRIVATE KEY-----',
  };
}

function readSec1(base64: string): ReadPem {
  const der = toBytes(base64);
  if (der === undefined) return { problem: 'is no valid PEM' };
  // Where the key names its curve, another one is told apart here; where it does not, no other has a key of this length.
  const hex = Array.from(der, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (!hex.includes(p384Parameters) && der.length > 60)
    return { problem: 'must be a key on the curve P-384 (secp384r1)' };
  const octets = toDer(0x04, [...der]);
  const wrapped = toDer(0x30, [...[0x02, 0x01, 0x00], ...p384Algorithm, ...octets]);
  return { pkcs8: toPem(btoa(String.fromCharCode(...wrapped))) };
}

/** A tag, the length and the content (X.690, 8.1). */
function toDer(tag: number, content: readonly number[]): readonly number[] {
  const { length } = content;
  if (length < 0x80) return [tag, length, ...content];
  return length < 0x100 ? [tag, 0x81, length, ...content] : [tag, 0x82, length >> 8, length & 0xff, ...content];
}

function toBytes(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64.replace(/\s/g, '')), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function toPem(base64: string): string {
  return `-----BEGIN PRIVATE KEY-----\n${base64.replace(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}
