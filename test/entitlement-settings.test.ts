/** The settings of the entitlement webhook: which secrets, hosts and deadlines are taken. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config.ts';

const shared = { PLAYGATE_ADMIN_KEY: 'k'.repeat(32), DATABASE_FILE: 'state.db', KEYS_DIRECTORY: 'keys' };
const toSecret = (bytes: number) => `whsec_${Buffer.alloc(bytes, 1).toString('base64')}`;
const parse = (settings: Readonly<Record<string, string>>) => parseConfig({ ...shared, ...settings }).entitlements;

it('nobody is asked where nothing is set', () => {
  expect(parse({})).toEqual({ secrets: [], allowedHosts: [], timeoutMs: 1000 });
});

it('one or two secrets sign, hosts are as URLs have them, and a question takes two seconds at most', () => {
  const settings = {
    ENTITLEMENT_SECRETS: `${toSecret(24)}, ${toSecret(64)}`,
    ENTITLEMENT_ALLOWED_HOSTS: 'Shop.Internal, 127.0.0.1:8080,[::1],[0:0::2]:443',
    ENTITLEMENT_TIMEOUT_MS: '2000',
  };
  expect(parse(settings)).toEqual({
    secrets: [toSecret(24), toSecret(64)],
    allowedHosts: ['shop.internal', '127.0.0.1:8080', '[::1]', '[::2]:443'],
    timeoutMs: 2000,
  });
});

describe('what is wrong', () => {
  const three = Array.from({ length: 3 }, () => toSecret(32)).join();
  it.each([
    ...[toSecret(23), toSecret(65), toSecret(32).slice('whsec_'.length), 'whsec_', `${toSecret(32)},`, three].map(
      (value) => ['ENTITLEMENT_SECRETS', value] as const,
    ),
    ...['https://a.example', 'a.example/', 'a.example:0', 'a.example:65536', '*.example', 'a,,b', 'a b', '::1'].map(
      (value) => ['ENTITLEMENT_ALLOWED_HOSTS', value] as const,
    ),
    ...['2001', '49', '1.5'].map((value) => ['ENTITLEMENT_TIMEOUT_MS', value] as const),
  ])('is named: %s %s', (name, value) => {
    expect(() => parse({ [name]: value })).toThrow(name);
  });

  it('is never quoted', () => {
    const [secret, settings] = [toSecret(23), { ENTITLEMENT_SECRETS: `${toSecret(32)},${toSecret(23)}` }];
    expect(() => parse(settings)).toThrow('ENTITLEMENT_SECRETS');
    expect(() => parse(settings)).not.toThrow(secret);
    expect(() => parse(settings)).not.toThrow(toSecret(32));
  });
});
