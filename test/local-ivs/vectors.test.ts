/** Tokens and fingerprints that OpenSSL made: the local IVS takes what it signed, and nothing that was changed. */
import { describe, expect, it } from 'vitest';
import { parsePublicKey } from '../../src/local-ivs/api/operations/public-key.ts';
import { parsePlaybackToken } from '../../src/local-ivs/edge/playback-token.ts';
import { createSigningKeyFinder } from '../../src/local-ivs/edge/signature.ts';
import { loadClaims, loadFingerprints, loadPublicKey, loadTamperedTokens, loadTokens } from '../support/vectors.ts';

const key = { arn: 'arn:first', spki: parsePublicKey(loadPublicKey('first')).spki };
const findKey = createSigningKeyFinder();

describe('the playback edge', () => {
  it.each(loadTokens())('takes a token that OpenSSL signed over %s claims', async (name, text) => {
    const token = parsePlaybackToken(text);
    if ('refused' in token) throw new Error(token.refused);
    expect(token.claims).toMatchObject(loadClaims(name));
    expect(await findKey(token, [key])).toBe(key);
  });

  it.each(loadTamperedTokens())('does not take a token with %s', async (_, text) => {
    const token = parsePlaybackToken(text);
    if ('refused' in token) throw new Error(token.refused);
    expect(await findKey(token, [key])).toBeUndefined();
  });
});

it.each(loadFingerprints())('the fingerprint of the key %s is the one that OpenSSL counts', (name, fingerprint) => {
  expect(parsePublicKey(loadPublicKey(name)).fingerprint).toBe(fingerprint);
});
