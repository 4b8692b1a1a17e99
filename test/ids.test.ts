/** What is a channel's ARN, a region, a viewer id, an origin, a country, a policy id, and what is none. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  channelArnSchema,
  looksLikeEmailAddress,
  originPatternSchema,
  parseChannelArn,
  parseCountryCode,
  parseOrigin,
  parseViewerId,
  policyIdSchema,
  regionSchema,
  toRegion,
  viewerIdSchema,
} from '../src/ids.ts';
import { anyCharacter } from './support/arbitraries.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:channel/abcdABCDefgh';

describe('a channel ARN', () => {
  it.each([arn, 'arn:aws:ivs:eu-central-1:1:channel/fbc789c1-2c56-4aff-a2b5-1c2f3d4e5a6b'])('is %s', (text) => {
    expect(parseChannelArn(text)).toBe(text);
  });

  it.each([
    '',
    'abcdABCDefgh',
    'arn:aws:s3:us-west-2:123456789012:channel/abcdABCDefgh',
    'arn:aws:ivschat:us-west-2:123456789012:room/abcdABCDefgh',
    'arn:aws:ivs:us-west-2:123456789012:playback-key/abcdABCDefgh',
    'arn:aws:ivs:us-west-2:123456789012:stream-key/abcdABCDefgh',
    'arn:aws-cn:ivs:us-west-2:123456789012:channel/abcdABCDefgh',
    'arn:aws:ivs:US-WEST-2:123456789012:channel/abcdABCDefgh',
    'arn:aws:ivs:us-west-2::channel/abcdABCDefgh',
    'arn:aws:ivs::123456789012:channel/abcdABCDefgh',
    'arn:aws:ivs:2:123456789012:channel/abcdABCDefgh',
    'arn:aws:ivs:us-west:123456789012:channel/abcdABCDefgh',
    'arn:aws:ivs:us--2:123456789012:channel/abcdABCDefgh',
    'arn:aws:ivs:evil.example:123456789012:channel/abcdABCDefgh',
    'arn:aws:ivs:us-west-2.evil:123456789012:channel/abcdABCDefgh',
    `arn:aws:ivs:us-${'w'.repeat(28)}-2:123456789012:channel/abcdABCDefgh`,
    'arn:aws:ivs:us-west-2:account:channel/abcdABCDefgh',
    'arn:aws:ivs:us-west-2:123456789012:channel/',
    'arn:aws:ivs:us-west-2:123456789012:channel/*',
    'arn:aws:ivs:us-west-2:123456789012:channel/a/b',
    ` ${arn}`,
    `${arn}\n`,
    `${arn}"`,
    `arn:aws:ivs:us-west-2:123456789012:channel/${'a'.repeat(129)}`,
  ])('is not %j', (text) => {
    expect(parseChannelArn(text)).toBeUndefined();
  });

  it('is at most 128 characters long', () => {
    const prefix = 'arn:aws:ivs:us-west-2:123456789012:channel/';
    expect(parseChannelArn(prefix + 'a'.repeat(128 - prefix.length))).toBeDefined();
    expect(parseChannelArn(prefix + 'a'.repeat(129 - prefix.length))).toBeUndefined();
  });

  it('names its region', () => {
    expect(toRegion(channelArnSchema.parse(arn))).toBe('us-west-2');
  });

  it('names a region that is one by itself, and no other text can stand there', () => {
    const pieces = fc.array(fc.constantFrom('us', 'eu', 'west', 'gov', '-', '-', '1', '22', '.', 'W'), {
      maxLength: 14,
    });
    const looksRight = fc.nat({ max: 35 }).map((length) => `us-${'w'.repeat(length)}-2`);
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((list) => list.join('')),
          looksRight,
        ),
        (region) => {
          const channelArn = parseChannelArn(`arn:aws:ivs:${region}:123456789012:channel/abc`);
          expect(channelArn !== undefined).toBe(regionSchema.safeParse(region).success);
          if (channelArn !== undefined) expect(toRegion(channelArn)).toBe(region);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('a region', () => {
  it.each(['us-east-1', 'us-west-2', 'eu-west-1', 'eu-central-1', 'ap-south-1', 'ap-northeast-2', 'us-gov-west-1'])(
    'is %s',
    (text) => {
      expect(regionSchema.safeParse(text).success).toBe(true);
    },
  );

  it.each([
    '',
    'us',
    'us-west',
    'US-WEST-2',
    'us-west-2 ',
    'us_west_2',
    'us-west-2.evil.example',
    'us-west-222',
    `us-${'west-'.repeat(10)}2`,
  ])('is not %j', (text) => {
    expect(regionSchema.safeParse(text).success).toBe(false);
  });
});

describe('a viewer id', () => {
  it.each([
    'v',
    'v-7f3a',
    '0',
    'a|b:{c}*~',
    '@',
    '@home',
    'v@',
    'a'.repeat(40),
    '550e8400-e29b-41d4-a716-446655440000',
  ])('is %j', (text) => {
    expect(parseViewerId(text)).toBe(text);
  });

  it.each([
    '',
    'a'.repeat(41),
    'a b',
    ' a',
    'a\n',
    '"',
    'a\\b',
    'ä',
    '💥',
    '\u0000',
    'anna@tv.example',
    'anna@localhost',
  ])('is not %j', (text) => {
    expect(parseViewerId(text)).toBeUndefined();
  });

  it('takes one byte for each character, in JSON as well, whatever it is', () => {
    // Mostly what a viewer id may have: of strings of anything, one in a hundred is a viewer id.
    const unit = fc.oneof(
      { weight: 60, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }) },
      { weight: 1, arbitrary: anyCharacter },
    );
    let taken = 0;
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 45 }), (text) => {
        const viewerId = parseViewerId(text);
        if (viewerId === undefined) return;
        taken++;
        expect(Buffer.byteLength(JSON.stringify(viewerId))).toBe(text.length + 2);
        expect(text.length).toBeLessThanOrEqual(40);
        expect(looksLikeEmailAddress(text)).toBe(false);
      }),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(500);
  });

  it('says why an e-mail address is none', () => {
    const [issue] = viewerIdSchema.safeParse('anna@tv.example').error?.issues ?? [];
    expect(issue?.message).toContain('e-mail');
  });
});

const origins = [
  'https://tv.example',
  'http://tv.example',
  'https://tv.example:8443',
  'http://localhost:3000',
  'http://127.0.0.1:8080',
  'http://[::1]:8080',
  'https://xn--bcher-kva.example',
  'https://my_host.example',
];
const noOrigins = [
  '',
  'null',
  '*',
  'tv.example',
  '//tv.example',
  'https://',
  'https://tv.example/',
  'https://tv.example/path',
  'https://tv.example?query',
  'https://tv.example#hash',
  'https://user@tv.example',
  'https://user:password@tv.example',
  'https://tv.example,https://evil.example',
  'https://tv.example, evil.example',
  'https://TV.example',
  'HTTPS://tv.example',
  'https://tv.example:443',
  'http://tv.example:80',
  'https://tv.example:',
  'https://tv.example:99999',
  'https://tv example',
  ' https://tv.example',
  'https://tv.example\n',
  'https://tv.*.example',
  'https://bücher.example',
  'https://0x7f.1',
  'file://tv.example',
  'ftp://tv.example',
  'capacitor://localhost',
  'javascript:alert(1)',
  `https://${'a'.repeat(63)}.${'b'.repeat(63)}.example`,
];

describe('an origin', () => {
  it.each(origins)('is %s', (text) => {
    expect(parseOrigin(text)).toBe(text);
  });

  it.each([...noOrigins, 'https://*.tv.example'])('is not %j', (text) => {
    expect(parseOrigin(text)).toBeUndefined();
  });

  it('is what a browser would make of it, and can stand in a list and in JSON as it is, whatever it is', () => {
    const tricky = fc.string({ unit: fc.constantFrom(...'aZ0.-_:/@*,#?%[]\\" \u00e9'), maxLength: 20 });
    fc.assert(
      fc.property(fc.constantFrom('https://', 'http://'), tricky, (scheme, rest) => {
        const origin = parseOrigin(scheme + rest);
        if (origin === undefined) return;
        expect(new URL(origin).origin).toBe(origin);
        expect(origin).not.toMatch(/[,*"\\\s]/);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('an origin of a policy', () => {
  it.each([...origins, 'https://*.tv.example', 'http://*.tv.example:8080'])('is %s', (text) => {
    expect(originPatternSchema.safeParse(text).success).toBe(true);
  });

  it.each([
    ...noOrigins,
    'https://*',
    'https://*.',
    'https://**.tv.example',
    'https://*.*.tv.example',
    'https://*tv.example',
    'https://www.*.example',
    '*.tv.example',
    '*://tv.example',
  ])('is not %j', (text) => {
    expect(originPatternSchema.safeParse(text).success).toBe(false);
  });
});

describe('a country', () => {
  it.each(['DE', 'US', 'GB', 'TW', 'AQ'])('is %s', (text) => {
    expect(parseCountryCode(text)).toBe(text);
  });

  it.each(['', 'de', 'De', 'DEU', 'UK', 'XX', 'T1', 'ZZ', 'EU', ' DE', 'constructor', '__proto__', 'toString'])(
    'is not %j',
    (text) => {
      expect(parseCountryCode(text)).toBeUndefined();
    },
  );
});

describe('a policy id', () => {
  it.each(['a', 'evening', 'Evening.v2_b-c', '0', 'a'.repeat(64)])('is %s', (text) => {
    expect(policyIdSchema.safeParse(text).success).toBe(true);
  });

  it.each(['', '.', '..', '-a', '_a', 'a b', 'a/b', 'a%2Fb', 'ä', 'a\n', 'a'.repeat(65)])('is not %j', (text) => {
    expect(policyIdSchema.safeParse(text).success).toBe(false);
  });
});
