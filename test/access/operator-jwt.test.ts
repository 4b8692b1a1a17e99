/** An operator's JWT: which roles it gives, whose it is meant to be, and that it must hold like a viewer's. */
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createOperatorAuthenticator,
  type OperatorAuthenticator,
  type OperatorJwtConfig,
} from '../../src/access/operator-jwt.ts';
import { toChannelArn } from '../support/records.ts';

const config: OperatorJwtConfig = {
  ...{ issuer: 'https://staff.example', audience: 'playgate-operators', algorithms: ['ES256'] },
  ...{ clockToleranceSeconds: 0, rolesClaim: 'roles' },
};
const news = toChannelArn('news');
const now = 1_795_194_000;
const ann = { iss: config.issuer, aud: config.audience, sub: 'ann@staff.example', roles: ['operator'], exp: now + 60 };

let create: (changes?: Partial<OperatorJwtConfig>) => OperatorAuthenticator;
let sign: (claims: JWTPayload) => Promise<string>;
beforeAll(async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const findKey = createLocalJWKSet({ keys: [await exportJWK(publicKey)] });
  create = (changes) => createOperatorAuthenticator({ ...config, ...changes }, { findKey, nowMs: () => now * 1000 });
  sign = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
});

describe('a JWT of an operator that holds', () => {
  it.each<[unknown, readonly string[]]>([
    ['admin', ['admin']],
    [
      ['auditor', 'viewer-support'],
      ['viewer-support', 'auditor'],
    ],
    [['operator', 'something else', 7], ['operator']],
  ])('gives by the roles %j: %j', async (roles, expected) => {
    expect(await create().authenticate(await sign({ ...ann, roles }))).toEqual({
      ...{ kind: 'person', id: 'ann@staff.example', roles: expected, channels: ['*'], expiresAt: now + 60 },
    });
  });

  it.each<[unknown]>([[undefined], [[]], ['issuer'], ['Admin'], [{ admin: true }], [null], [[['admin']]]])(
    'gives nothing by the roles %j',
    async (roles) => {
      const jwt = await sign(JSON.parse(JSON.stringify({ ...ann, roles })));
      expect(await create().authenticate(jwt)).toEqual({ kind: 'refused', because: 'no_role' });
    },
  );

  it('may name its roles in another claim, within others or with a URL for a name', async () => {
    const url = 'https://staff.example/roles';
    for (const [rolesClaim, claims] of [
      ['realm_access.roles', { realm_access: { roles: ['admin'] } }],
      [url, { [url]: 'admin' }],
    ] as const) {
      const found = await create({ rolesClaim }).authenticate(await sign({ ...ann, roles: undefined, ...claims }));
      expect(found).toMatchObject({ roles: ['admin'] });
    }
    const inherited = await create({ rolesClaim: 'constructor.name' }).authenticate(await sign(ann));
    expect(inherited).toEqual({ kind: 'refused', because: 'no_role' });
  });

  it('limits to the channels of its claim, where one is set', async () => {
    const limiting = create({ channelsClaim: 'channels' });
    expect(await limiting.authenticate(await sign({ ...ann, channels: [news] }))).toMatchObject({ channels: [news] });
    expect(await limiting.authenticate(await sign(ann))).toMatchObject({ channels: [] });
    expect(await create().authenticate(await sign({ ...ann, channels: [news] }))).toMatchObject({ channels: ['*'] });
  });
});

it.each<[string, JWTPayload]>([
  ['expired', { exp: now - 1 }],
  ['wrong_issuer', { iss: 'https://id.example' }],
  ['wrong_audience', { aud: 'playgate' }],
  ['bad_claims', { sub: '' }],
])('one that does not hold is nobody’s: %s', async (because, claims) => {
  expect(await create().authenticate(await sign({ ...ann, ...claims }))).toEqual({ kind: 'refused', because });
});

it('a JWT is meant to be of an operator by its issuer and its audience', async () => {
  const { isMeant } = create();
  expect(isMeant(await sign(ann))).toBe(true);
  expect(isMeant(await sign({ ...ann, aud: ['other', config.audience] }))).toBe(true);
  for (const claims of [{ aud: 'playgate' }, { iss: 'https://id.example' }])
    expect(isMeant(await sign({ ...ann, ...claims }))).toBe(false);
  for (const text of ['', 'a.b.c', 'x', '💥', 'null.null.null']) expect(isMeant(text)).toBe(false);
});
