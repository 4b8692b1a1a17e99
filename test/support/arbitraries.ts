/** Any character, any policy, any request, any revocation: what properties are fed with. */
import fc from 'fast-check';
import type { z } from 'zod';
import type { policyRequestSchema } from '../../src/policies/request.ts';
import type { RevocationTarget } from '../../src/revocations/record.ts';
import { maxOriginListLength, maxStrictOrigins, maxTtlSeconds, resolutions } from '../../src/token-limits.ts';
import { toChannelArn, toViewerId } from './records.ts';

/** Any character that is one by itself, half of them ASCII. The unit `binary` of fast-check takes a second to be made. */
export const anyCharacter = fc
  .oneof(
    { weight: 2, arbitrary: fc.integer({ min: 0, max: 0x7f }) },
    { weight: 1, arbitrary: fc.integer({ min: 0x80, max: 0xd7ff }) },
    { weight: 1, arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }) },
  )
  .map((codePoint) => String.fromCodePoint(codePoint));

/** Whom the properties are about. */
export const watched = { channelArn: toChannelArn('watched'), viewerId: toViewerId('anna') };

const countries = ['DE', 'FR', 'US', 'JP'] as const;
const hosts = [
  'tv.example',
  'www.tv.example',
  'a.b.tv.example',
  'other.example',
  `${'long-'.repeat(10)}x.example`,
] as const;
const origin = fc.constantFrom(...hosts.flatMap((host) => [`https://${host}`, `http://${host}:8080`]));
const originPattern = fc.oneof(origin, fc.constantFrom(...hosts.map((host) => `https://*.${host}`)));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const countryList: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.uniqueArray(fc.constantFrom<string[]>(...countries), { minLength: 1, maxLength: 3 }) },
);

/** Where a viewer is, as a client says it. */
const place = fc.record({ country: optional(fc.constantFrom(...countries)), origin: optional(origin) });

/** A policy's body as an operator may write it. Its hours lie around `nowSeconds`. */
export function policyBody(nowSeconds: number): fc.Arbitrary<z.input<ReturnType<typeof policyRequestSchema>>> {
  const time = (min: number, max: number) =>
    optional(fc.integer({ min, max }).map((offset) => new Date((nowSeconds + offset) * 1000).toISOString()));
  return fc
    .record({
      allowedCountries: countryList,
      blockedCountries: countryList,
      unknownCountry: fc.constantFrom('deny' as const, 'allow' as const),
      allowedOrigins: fc.array(originPattern, { maxLength: 8 }),
      strictOriginEnforcement: fc.boolean(),
      maximumResolution: optional(fc.constantFrom(...resolutions)),
      singleUse: fc.boolean(),
      ttls: fc.tuple(fc.integer({ min: 1, max: maxTtlSeconds }), fc.integer({ min: 1, max: maxTtlSeconds })),
      opensAt: time(-100, 1),
      closesAt: time(2, 200),
    })
    .map(({ ttls, ...body }) => ({
      ...body,
      tokenTtlSeconds: Math.min(...ttls),
      maxTokenTtlSeconds: Math.max(...ttls),
      strictOriginEnforcement: body.strictOriginEnforcement && body.allowedOrigins.length > 0,
      allowedOrigins: body.strictOriginEnforcement
        ? body.allowedOrigins.slice(0, maxStrictOrigins)
        : body.allowedOrigins,
    }))
    .filter(({ allowedOrigins }) => allowedOrigins.join(',').length <= maxOriginListLength);
}

/** A client's request for a token, as JSON. */
export const tokenRequestBody = fc.record(
  {
    channelArn: fc.constant(watched.channelArn),
    viewerId: fc.constant(watched.viewerId),
    ttlSeconds: fc.integer({ min: 1, max: maxTtlSeconds }),
    singleUse: fc.boolean(),
    maximumResolution: fc.constantFrom(...resolutions),
    viewer: place.map((known) => Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))),
  },
  { requiredKeys: ['channelArn', 'viewerId'] },
);

/** A revocation that concerns the watched viewer, so many seconds before now, perhaps with a block around now. */
export const revocation = fc.record({
  target: fc.constantFrom<RevocationTarget>(
    { scope: 'viewer_on_channel', ...watched },
    { scope: 'viewer', viewerId: watched.viewerId },
    { scope: 'channel', channelArn: watched.channelArn },
  ),
  agoSeconds: fc.integer({ min: 0, max: 20 }),
  /** Undefined: no block. Null: one without end. Else relative to now. */
  blockedForSeconds: fc.oneof(
    { weight: 6, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: fc.integer({ min: -15, max: 15 }) },
  ),
});
