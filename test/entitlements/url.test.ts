/** Which URLs may be asked: their form, their addresses, and what is allowed by name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../src/entitlements/addresses.ts';
import { entitlementUrlSchema, findUrlProblem } from '../../src/entitlements/url.ts';

const toHex = (group: number) => group.toString(16);
const byte = fc.integer({ min: 0, max: 255 });
const group = fc.integer({ min: 0, max: 0xffff });

describe('the form of a URL', () => {
  it.each(['https://shop.example/may?watch=1', 'http://shop.internal:8080', `https://a.example/${'x'.repeat(2030)}`])(
    'may be %s',
    (url) => expect(entitlementUrlSchema.safeParse(url).success).toBe(true),
  );

  it.each([
    ...['', 'shop.example', 'ftp://shop.example', 'javascript:alert(1)', '//shop.example', 'https://'],
    ...['https://user@shop.example', 'https://user:pass@shop.example', 'https://:pass@shop.example'],
    ...['https://shop.example/#a', 'https://shop.example/#', `https://a.example/${'x'.repeat(2031)}`],
  ])('is not %s', (url) => expect(entitlementUrlSchema.safeParse(url).success).toBe(false));
});

describe('an address', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ...[
      '127.0.0.1',
      '127.255.255.254',
      '10.1.2.3',
      '172.16.0.1',
      '192.168.1.1',
      '169.254.169.254',
      '100.64.0.1',
      '0.0.0.0',
    ],
    ...[
      '192.0.2.1',
      '198.18.0.1',
      '198.51.100.7',
      '203.0.113.9',
      '224.0.0.1',
      '240.0.0.1',
      '255.255.255.255',
      '192.0.0.8',
    ],
    ...[
      '::',
      '::1',
      '::127.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:7f00:1',
      'fe80::1',
      'fc00::1',
      'fd00:ec2::254',
      'fec0::1',
    ],
    ...[
      '64:ff9b::a00:1',
      '64:ff9b:1::1',
      '2002:7f00:1::',
      '2001::1',
      '2001:db8::1',
      '3fff::1',
      '100::1',
      'ff02::1',
      '4000::1',
    ],
    ...['', 'shop.example', '1.2.3.4.5', '[::1]'],
  ])('%s is not', (address) => expect(isPublicAddress(address)).toBe(false));

  it('of IPv4 is the same as one of IPv6', () => {
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), (bytes) => {
        const [a, b, c, d] = bytes;
        const mapped = `::ffff:${toHex(a * 256 + b)}:${toHex(c * 256 + d)}`;
        expect(isPublicAddress(mapped)).toBe(isPublicAddress(bytes.join('.')));
      }),
    );
  });

  it('of IPv6 is public only within 2000::/3', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const isGlobal = ((groups[0] ?? 0) & 0xe000) === 0x2000;
        const isMapped = groups.slice(0, 5).every((part) => part === 0);
        expect(isPublicAddress(groups.map(toHex).join(':')) && !isGlobal && !isMapped).toBe(false);
      }),
    );
  });
});

describe('a URL', () => {
  it.each([
    'https://shop.example/',
    'https://8.8.8.8/',
    'https://[2606:4700::1111]:8443/',
    'https://shop.example:8443',
  ])('may be asked: %s', (url) => expect(findUrlProblem(url, [])).toBeUndefined());

  it.each([
    ...[
      'https://127.0.0.1/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://0177.0.0.1/',
      'https://127.1/',
      'https://１２７.0.0.1/',
    ],
    ...['https://[::1]/', 'https://[::ffff:127.0.0.1]/', 'https://10.0.0.1:8443/', 'https://169.254.169.254/latest'],
    ...['https://localhost/', 'https://LOCALHOST/', 'https://localhost./', 'https://a.localhost/'],
  ])('must not be of a private address: %s', (url) => expect(findUrlProblem(url, [])).toMatch(/private address/));

  it.each(['http://shop.example/', 'http://8.8.8.8/', 'http://127.0.0.1/'])('must be https: %s', (url) =>
    expect(findUrlProblem(url, [])).toMatch(/must be https/),
  );

  it.each([
    ['http://shop.internal/', 'shop.internal', true],
    ['http://shop.internal/', 'shop.internal:80', true],
    ['https://127.0.0.1/', '127.0.0.1:443', true],
    ['http://[::1]:8080/', '[::1]', true],
    ['http://SHOP.internal:8080/', 'shop.internal:8080', true],
    ['http://shop.internal:8081/', 'shop.internal:8080', false],
    ['http://a.shop.internal/', 'shop.internal', false],
    ['http://shop.internal.example/', 'shop.internal', false],
    ['https://127.0.0.2/', '127.0.0.1', false],
  ])('%s, where %s is allowed by name: %s', (url, host, isAllowed) =>
    expect(findUrlProblem(url, [host]) === undefined).toBe(isAllowed),
  );
});
