/** Rules that hold on every route that the API describes: who may call, with which method, and what query and body may be. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { IdentityProvider } from '../../support/identity-provider.ts';
import type { Json } from '../answer.ts';
import type { Api } from '../api.ts';

interface Route {
  readonly method: string;
  readonly path: string;
  readonly secured: boolean;
  readonly hasBody: boolean;
  /** Largest body, in bytes, and its content type; 0 and none where there is none. */
  readonly maxBytes: number;
  readonly bodyType: string;
  readonly hasCursor: boolean;
}

export function describeCallerRules(api: Api, identityProvider: () => IdentityProvider): void {
  describeEveryRoute(api, identityProvider);
  describeBadInput(api);
}

function describeEveryRoute(api: Api, identityProvider: () => IdentityProvider): void {
  describe('on every route', () => {
    let secured: Route[] = [];
    let withBody: Route[] = [];
    let open: Route[] = [];
    let routes: Route[] = [];

    beforeAll(async () => {
      const { body } = await api.call('GET', '/openapi.json', { as: null });
      routes = Object.entries<Json>(body.paths).flatMap(([path, operations]) =>
        Object.entries<Json>(operations).map(([method, operation]) => ({
          method: method.toUpperCase(),
          path: path
            .replace('{channelArn}', encodeURIComponent('arn:aws:ivs:us-west-2:1:channel/a'))
            .replace('{viewerId}', 'some-viewer')
            .replace('{id}', 'some-id'),
          // Those that tell some more are open too.
          secured: operation.security.length === 1,
          hasBody: operation.requestBody !== undefined,
          maxBytes: Number(/[\d,]+/.exec(operation.requestBody?.description)?.[0].replaceAll(',', '') ?? 0),
          bodyType: Object.keys(operation.requestBody?.content ?? {})[0] ?? '',
          hasCursor: operation.parameters.some(({ name }: Json) => name === 'cursor'),
        })),
      );
      secured = routes.filter((route) => route.secured);
      withBody = routes.filter((route) => route.hasBody);
      open = routes.filter((route) => !route.secured);
    });

    const bodyOf = ({ hasBody }: Route) => (hasBody ? { body: {} } : {});

    it('nobody gets in without a good credential', async () => {
      expect(secured.length).toBeGreaterThan(15);
      const wrong = [null, 'wrong', `pgk_client_${'0'.repeat(20)}.${'A'.repeat(43)}`, 'a.b.c'];
      for (const route of secured)
        for (const as of wrong) {
          const answer = await api.call(route.method, route.path, { as, ...bodyOf(route) });
          expect([route, answer.status, answer.body.code]).toEqual([route, 401, 'unauthenticated']);
          expect(answer.headers.get('www-authenticate')).toBe('Bearer');
          expect(answer.headers.get('content-type')).toBe('application/problem+json');
          expect(answer.headers.get('cache-control')).toBe('no-store');
        }
    });

    it('a caller of the wrong kind is refused', async () => {
      const viewer = await identityProvider().sign({ sub: 'v', channels: '*' });
      const [issuer, auditor] = [await api.createClient('issuer'), await api.createClient('auditor')];
      for (const route of secured) {
        const wrong = route.path === '/v1/tokens' ? [auditor.key] : [viewer, issuer.key];
        if (route.path.startsWith('/v1/admin') && route.method !== 'GET' && !route.path.endsWith('/explain'))
          wrong.push(auditor.key);
        for (const as of wrong) {
          const answer = await api.call(route.method, route.path, { as, ...bodyOf(route) });
          expect([route, answer.status, answer.body.code]).toEqual([route, 403, 'forbidden']);
        }
      }
    });

    it('a body that is too large, of another type, or no JSON is refused with its problem', async () => {
      expect(withBody.length).toBeGreaterThan(5);
      for (const { method, path, maxBytes, bodyType } of withBody) {
        const raw = (body: string, type = bodyType) =>
          api.call(method, path, { headers: { 'content-type': type }, raw: body });
        expect(maxBytes).toBeGreaterThanOrEqual(16 * 1024);
        expect(await raw(JSON.stringify({ a: 'x'.repeat(maxBytes) }))).toMatchObject({
          status: 413,
          body: { code: 'payload_too_large' },
        });
        for (const answer of [
          await raw('{}', 'text/plain'),
          await raw('a=b', 'application/x-www-form-urlencoded'),
          await raw('{"a":'),
          await raw(''),
          await raw('[]'),
          await raw('null'),
          await raw('"text"'),
          await raw('{"__proto__":{"a":1},"unknown":1}'),
        ]) {
          expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'invalid_request']);
          expect(answer.body.errors.length).toBeGreaterThan(0);
        }
      }
    });

    it('a body takes nothing over from a prototype: `__proto__` is a field that nobody knows', async () => {
      const fields = {
        channelArn: await api.createChannel(),
        viewerId: 'v',
        region: 'ap-south-1',
        name: 'n',
        role: 'admin',
        token: 'a.b.c',
        singleUse: true,
      };
      for (const { method, path, bodyType } of withBody) {
        const answer = await api.call(method, path, {
          headers: { 'content-type': bodyType },
          raw: `{"__proto__":${JSON.stringify(fields)}}`,
        });
        expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'invalid_request']);
        const paths = answer.body.errors.map((problem: Json) => problem.path);
        expect(paths).toContain(bodyType === 'application/json' ? '__proto__' : '1.__proto__');
      }
    });

    it('there is nothing at unknown paths, and who may not know is not told so below the admin path', async () => {
      expect(open.length).toBe(5);
      for (const path of ['/', '/v1', '/v1/token', '/v1/admin', '/v1/admin/nothing', '/openapi.yaml'])
        expect(await api.call('GET', path)).toMatchObject({ status: 404, body: { code: 'not_found' } });
      for (const as of [null, 'wrong'])
        for (const method of ['GET', 'PATCH'])
          for (const path of ['/v1/admin', '/v1/admin/nothing'])
            expect(await api.call(method, path, { as })).toMatchObject({
              status: 401,
              body: { code: 'unauthenticated' },
            });
    });

    it('a query of more parameters than any route has is refused with one problem', async () => {
      const query = Array.from({ length: 1000 }, (_, index) => `p${index}=1`).join('&');
      for (const { path } of open) {
        const { status, body } = await api.call('GET', `${path}?${query}`, { as: null });
        expect([path, status, body.errors]).toEqual([
          path,
          400,
          [{ path: '', message: 'must have at most 20 query parameters' }],
        ]);
      }
    });

    it('a method that the path does not have is refused, to anyone, and those that it has are named', async () => {
      const paths = new Map<string, string[]>();
      for (const { path, method } of routes)
        paths.set(path, [...(paths.get(path) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
      paths.get('/v1/tokens')?.push('OPTIONS');
      for (const [path, allowed] of paths)
        for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
          if (allowed.includes(method)) continue;
          const { status, headers, body } = await api.call(method, path, { as: null });
          expect([method, path, status]).toEqual([method, path, 405]);
          expect(headers.get('allow')?.split(', ').toSorted()).toEqual(allowed.toSorted());
          if (method !== 'HEAD') expect(body.code).toBe('method_not_allowed');
        }
    });

    it('HEAD is answered where GET is, and as GET without a body', async () => {
      for (const { path } of routes.filter(({ method }) => method === 'GET')) {
        const [got, head] = [await api.call('GET', path), await api.call('HEAD', path)];
        expect([path, head.status, head.body]).toEqual([path, got.status, '']);
      }
    });

    it('browsers of any origin may ask for tokens, and for nothing else', async () => {
      const headers = { origin: 'https://tv.example', 'access-control-request-method': 'POST' };
      const preflight = await api.call('OPTIONS', '/v1/tokens', { as: null, headers });
      expect(preflight.status).toBe(204);
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
      expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
      expect(preflight.headers.get('access-control-max-age')).toBe('7200');
      expect(preflight.headers.get('cache-control')).toBe('no-store');
      expect(preflight.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
      for (const path of ['/v1/tokens/inspect', '/v1/admin/keys'])
        expect(
          (await api.call('OPTIONS', path, { as: null, headers })).headers.has('access-control-allow-origin'),
        ).toBe(false);
    });

    it('a parameter that the route does not know, or that stands twice, is refused by its name', async () => {
      for (const route of routes)
        for (const [query, paths] of [
          ['surprise=1', ['surprise']],
          ['surprise=', ['surprise']],
          ['__proto__=1', ['__proto__']],
          ['a=1&b=2', ['a', 'b']],
          ['a=1&a=2', ['a', 'a']],
          ['limit=7&limit=7', route.hasCursor ? ['limit'] : ['limit', 'limit']],
        ] as const) {
          const { status, body } = await api.call(route.method, `${route.path}?${query}`, bodyOf(route));
          expect([route, status, body.code]).toEqual([route, 400, 'invalid_request']);
          const found: string[] = body.errors.map(({ path }: Json) => path);
          expect(found.filter((path) => paths.some((name) => name === path)).toSorted()).toEqual(paths);
        }
    });

    it('a cursor that no page can have given out is refused, and one that it can is taken', async () => {
      // A list within something else is not found there.
      const lists = routes.filter(({ hasCursor, path }) => hasCursor && !path.includes('some-id'));
      expect(lists.length).toBe(5);
      const ids: Record<string, string> = {
        channels: 'arn:aws:ivs:us-west-2:123456789012:channel/a',
        policies: 'evening',
        revocations: `rev_${'0'.repeat(24)}`,
        clients: `client_${'0'.repeat(20)}`,
        audit: '1795194000123-0',
      };
      for (const { path } of lists) {
        const list = (cursor: string) => api.call('GET', `${path}?cursor=${encodeURIComponent(cursor)}`);
        const resource = path.split('/').at(-1) ?? '';
        expect([path, (await list(ids[resource] ?? '')).status]).toEqual([path, 200]);
        const others = Object.keys(ids).filter((other) => other !== resource && resource !== 'policies');
        for (const cursor of ['', ' ', '-', '~', 'a b', 'x'.repeat(201), ...others.map((other) => ids[other] ?? '')]) {
          const { status, body } = await list(cursor);
          const paths = new Set(body.errors?.map((problem: Json) => problem.path));
          expect([path, cursor, status, body.code, paths]).toEqual([
            path,
            cursor,
            400,
            'invalid_request',
            new Set(['cursor']),
          ]);
        }
      }
    });
  });
}

function describeBadInput(api: Api): void {
  describe('bad input', () => {
    it('names every problem of a token request at once', async () => {
      const { status, body } = await api.issue({
        channelArn: 'arn:aws:s3:us-west-2:123456789012:channel/abc',
        viewerId: 'x'.repeat(41),
        ttlSeconds: 571,
        singleUse: 'yes',
        maximumResolution: '4K',
        viewer: { country: 'ZZ', origin: 'https://tv.example/path', city: 'Bonn' },
        exp: 1,
      });
      expect(status).toBe(400);
      expect(body.errors.map(({ path }: Json) => path).sort()).toEqual(
        [
          'channelArn',
          'exp',
          'maximumResolution',
          'singleUse',
          'ttlSeconds',
          'viewer.city',
          'viewer.country',
          'viewer.origin',
          'viewerId',
        ].sort(),
      );
      expect(body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('refuses an ARN whose region is none, before IVS is asked anything', async () => {
      const regions = ['evil.example', 'us-west-2.evil', 'us', '2', 'US-WEST-2', `us-${'w'.repeat(30)}-2`];
      for (const channelArn of regions.map((name) => `arn:aws:ivs:${name}:123456789012:channel/abc`)) {
        const refused = { status: 400, body: { code: 'invalid_request', errors: [{ path: 'channelArn' }] } };
        const path = `/v1/admin/channels/${encodeURIComponent(channelArn)}`;
        expect(await api.call('PUT', path, { body: {} })).toMatchObject(refused);
        expect(await api.issue({ channelArn })).toMatchObject(refused);
        expect(await api.revoke({ channelArn })).toMatchObject(refused);
      }
    });

    it('refuses viewer ids that IVS would not take or that name a person', async () => {
      const channelArn = await api.createChannel();
      for (const viewerId of ['', 'x'.repeat(41), 'a b', 'é', 'a"b', 'alice@example.com', 7, null])
        expect((await api.issue({ channelArn, viewerId })).body.errors[0].path).toBe('viewerId');
      for (const viewerId of ['a', 'x'.repeat(40), 'auth0|5f7c', '@handle'])
        expect((await api.issue({ channelArn, viewerId })).status).toBe(201);
    });

    it('names every problem of a policy at once', async () => {
      const { status, body } = await api.call('PUT', '/v1/admin/policies/p1', {
        body: {
          allowedCountries: ['DE', 'XX'],
          blockedCountries: 'DE',
          unknownCountry: 'maybe',
          allowedOrigins: ['https://tv.example', 'https://*', 'https://a.example/x', 'ftp://a.example'],
          tokenTtlSeconds: 0,
          maxTokenTtlSeconds: 571,
          opensAt: 'tomorrow',
          more: true,
        },
      });
      expect(status).toBe(400);
      expect(body.errors.map(({ path }: Json) => path).sort()).toEqual([
        'allowedCountries.1',
        'allowedOrigins.1',
        'allowedOrigins.2',
        'allowedOrigins.3',
        'blockedCountries',
        'maxTokenTtlSeconds',
        'more',
        'opensAt',
        'tokenTtlSeconds',
        'unknownCountry',
      ]);
      const rules = await api.call('PUT', '/v1/admin/policies/p1', {
        body: {
          strictOriginEnforcement: true,
          tokenTtlSeconds: 100,
          maxTokenTtlSeconds: 50,
          opensAt: '2026-02-01T00:00:00Z',
          closesAt: '2026-01-01T00:00:00Z',
          singleUse: 'yes',
          allowedCountries: 7,
        },
      });
      expect(new Set(rules.body.errors.map(({ path }: Json) => path))).toEqual(
        new Set(['allowedCountries', 'allowedOrigins', 'closesAt', 'singleUse', 'tokenTtlSeconds']),
      );
      const unprintable = await api.call('PUT', '/v1/admin/policies/p1', {
        body: { allowedOrigins: [{ toString: 1 }] },
      });
      expect(unprintable).toMatchObject({ status: 400, body: { errors: [{ path: 'allowedOrigins.0' }] } });
      expect((await api.call('GET', '/v1/admin/policies/p1')).status).toBe(404);
    });

    it('refuses bad ids, cursors and limits', async () => {
      expect((await api.call('PUT', '/v1/admin/policies/-bad', { body: {} })).body.errors).toMatchObject([
        { path: 'id' },
      ]);
      const everywhere = await api.call('PUT', '/v1/admin/policies/-bad?x=1', { body: { more: 1 } });
      expect(everywhere.body.errors).toMatchObject([{ path: 'id' }, { path: 'x' }, { path: 'more' }]);
      for (const query of [
        'limit=0',
        'limit=101',
        'limit=x',
        'limit=1.5',
        'limit=0x10',
        'limit=1e1',
        'limit=',
        `cursor=${'x'.repeat(201)}`,
        'cursor=%20',
      ])
        expect(await api.call('GET', `/v1/admin/channels?${query}`)).toMatchObject({
          status: 400,
          body: { code: 'invalid_request' },
        });
      expect((await api.call('GET', '/v1/admin/keys/nothing')).body.code).toBe('not_found');
      expect((await api.call('PUT', '/v1/admin/channels/nothing', { body: {} })).body.errors).toMatchObject([
        { path: 'channelArn' },
      ]);
      expect((await api.call('GET', '/v1/admin/channels/%E0%A4%A')).status).toBe(400);
      expect(
        (await api.call('POST', '/v1/admin/keys', { body: { region: 'nowhere', name: 'a b' } })).body.errors,
      ).toMatchObject([{ path: 'region' }, { path: 'name' }]);
      expect(
        (await api.call('POST', '/v1/admin/clients', { body: { name: '', role: 'root', channels: ['x'] } })).body
          .errors,
      ).toMatchObject([{ path: 'name' }, { path: 'role' }, { path: 'channels.0' }]);
    });
  });
}
