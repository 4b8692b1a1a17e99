/** Revocations, viewers and blocks over HTTP: how large a body may be, what a key and a name may be, and how lines go out and come in. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import { OutageError } from '../../src/errors.ts';
import type { App } from '../../src/http/context.ts';
import type { Store } from '../../src/ports.ts';
import type { RevocationStore } from '../../src/revocations/ports.ts';
import { createServices } from '../../src/services.ts';
import { anyCharacter } from '../support/arbitraries.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { createRecordingLog, type RecordingLog } from '../support/recording-log.ts';
import { toChannel, toChannelArn } from '../support/records.ts';

type Json = ReturnType<typeof JSON.parse>;

const adminKey = 'an admin key of at least 32 characters';
const channelArn = toChannelArn('news');
let ivs: IvsWithChannel;
let store: SqliteStore;
let log: RecordingLog;
let app: App;

beforeAll(async () => {
  ivs = await startIvsWithChannel();
});
afterAll(() => ivs.close());
beforeEach(async () => {
  store = createSqliteStore(':memory:');
  log = createRecordingLog();
  await store.channels.put(toChannel(channelArn));
  app = serve(store);
});
afterEach(() => store.close());

function serve(served: Store): App {
  const vault = createDirectoryVault(join(tmpdir(), 'playgate-never-made'));
  const outside = { clock: systemClock, random: systemRandom, hashing: systemHashing };
  const settings = { PLAYGATE_ADMIN_KEY: adminKey, DATABASE_FILE: ':memory:', KEYS_DIRECTORY: 'keys' };
  const services = createServices({ store: served, vault, ivs: ivs.control, log, ...outside }, parseConfig(settings));
  return createApp({ services, clock: systemClock, random: systemRandom, log, viewerLocation: () => undefined });
}

async function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const response = await app.request(path, {
    method,
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  const isDocument = /[/+]json$/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, text, body: isDocument ? JSON.parse(text) : undefined };
}
const revoke = (body: Json, headers?: Record<string, string>) =>
  send('POST', '/v1/admin/revocations', JSON.stringify(body), headers);
const importLines = (lines: string) =>
  send('POST', '/v1/admin/blocks', lines, { 'content-type': 'application/x-ndjson' });
const pathsOf = ({ body }: { readonly body: Json }) => (body.errors ?? []).map(({ path }: Json) => path);
const faults = () => log.lines.filter((line) => line.includes('internal_error'));

describe('a body', () => {
  it('of a list of viewers may be larger than others, and not without end', async () => {
    const viewerIds = Array.from({ length: 10_000 }, (_, index) => `viewer-${index}`.padEnd(40, 'x'));
    expect((await revoke({ viewerIds, dryRun: true })).body).toMatchObject({ dryRun: true, scope: 'viewers' });
    const large = await revoke({ viewerIds: ['x'.repeat(1024 * 1024)] });
    expect([large.status, large.body.code]).toEqual([413, 'payload_too_large']);
  });

  it('whose length is declared is held to its route’s own limit too', async () => {
    const declare = (path: string, length: number) =>
      send('POST', path, '{}', { 'content-length': String(length), 'content-type': 'text/plain' });
    expect((await declare('/v1/admin/revocations', 1024 * 1024)).status).toBe(400);
    expect((await declare('/v1/admin/revocations', 1024 * 1024 + 1)).status).toBe(413);
    expect((await declare('/v1/admin/blocks', 4 * 1024 * 1024)).status).toBe(400);
    expect((await declare('/v1/admin/blocks', 4 * 1024 * 1024 + 1)).status).toBe(413);
    expect((await declare('/v1/admin/keys', 16 * 1024 + 1)).status).toBe(413);
  });
});

describe('an Idempotency-Key', () => {
  it('makes a repeated request the same decision, and says so', async () => {
    const headers = { 'idempotency-key': ' !~ key' };
    const made = await revoke({ viewerId: 'anna' }, headers);
    expect([made.status, made.headers.get('idempotent-replayed')]).toEqual([201, null]);
    const again = await revoke({ viewerId: 'anna' }, headers);
    expect([again.status, again.headers.get('idempotent-replayed')]).toEqual([201, 'true']);
    expect(again.body).toEqual(made.body);
    const other = await revoke({ viewerId: 'bert' }, headers);
    expect([other.status, other.body.code, other.body.detail]).toEqual([
      409,
      'conflict',
      'the Idempotency-Key came with another body before',
    ]);
  });

  it.each(['', 'x'.repeat(256), 'é', '\u0080'])('may not be %j', async (key) => {
    const refused = await revoke({}, { 'idempotency-key': key });
    expect([refused.status, ...pathsOf(refused)]).toEqual([400, 'Idempotency-Key', '']);
  });
});

describe('a viewer in a path', () => {
  it('may have any characters, percent-encoded', async () => {
    for (const viewerId of ['anna', 'auth0|5f7c', 'a/b', 'a?b#c', '%', '100%25', '__proto__', 'x'.repeat(40)]) {
      const { status, body } = await send('GET', `/v1/admin/viewers/${encodeURIComponent(viewerId)}`);
      expect([status, body]).toEqual([200, { viewerId, channels: [], floors: [], blocks: [] }]);
      expect((await send('DELETE', `/v1/admin/viewers/${encodeURIComponent(viewerId)}/blocks`)).body).toEqual({
        lifted: 0,
      });
    }
  });

  it('that can be no viewer id is refused, whatever it is', async () => {
    const refused = await send('GET', `/v1/admin/viewers/${encodeURIComponent('a b')}`);
    expect([refused.status, ...pathsOf(refused)]).toEqual([400, 'viewerId']);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: anyCharacter, minLength: 1, maxLength: 600 }), async (name) => {
        for (const [method, rest] of [
          ['GET', ''],
          ['DELETE', '/blocks'],
        ] as const) {
          const { status } = await send(method, `/v1/admin/viewers/${encodeURIComponent(name)}${rest}`);
          // No URL can hold a segment of dots: `viewers/./blocks` is `viewers/blocks`, which is a viewer without that method.
          expect(['.', '..'].includes(name) ? [200, 400, 404, 405] : [200, 400, 404]).toContain(status);
        }
      }),
    );
    expect(faults()).toEqual([]);
  });
});

describe('the parts of a revocation', () => {
  it('are answered by pages, and refused for cursors that no page gives out', async () => {
    const { body } = await revoke({ viewerIds: ['anna', 'bert', 'cleo'] });
    const first = await send('GET', `/v1/admin/revocations/${body.id}/viewers?limit=2`);
    expect(first.body.items).toEqual(['anna', 'bert']);
    const second = await send('GET', `/v1/admin/revocations/${body.id}/viewers?cursor=${first.body.nextCursor}`);
    expect(second.body).toEqual({ items: ['cleo'], nextCursor: null });
    expect((await send('GET', `/v1/admin/revocations/${body.id}/failed`)).body).toEqual({
      items: [],
      nextCursor: null,
    });
    expect((await send('POST', `/v1/admin/revocations/${body.id}/retry`)).body).toEqual({ retried: 0 });
    for (const path of ['viewers?cursor=a%20b', 'failed?cursor=', `failed?cursor=${'x'.repeat(513)}`])
      expect(pathsOf(await send('GET', `/v1/admin/revocations/${body.id}/${path}`))).toEqual(['cursor']);
  });

  it('of one that is not there are not found', async () => {
    for (const [method, part] of [
      ['GET', 'viewers'],
      ['GET', 'failed'],
      ['POST', 'retry'],
    ] as const)
      for (const id of ['rev_nothing', '__proto__', '%00', encodeURIComponent('é/"')]) {
        const { status, body } = await send(method, `/v1/admin/revocations/${id}/${part}`);
        expect([status, body.code]).toEqual([404, 'not_found']);
      }
  });

  it('an odd cursor is answered or refused, whatever it is', async () => {
    const { body } = await revoke({ viewerIds: ['anna'] });
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: anyCharacter }), async (cursor) => {
        const { status } = await send(
          'GET',
          `/v1/admin/revocations/${body.id}/failed?cursor=${encodeURIComponent(cursor)}`,
        );
        expect([200, 400]).toContain(status);
      }),
    );
    expect(faults()).toEqual([]);
  });
});

describe('the list of revocations', () => {
  it.each([
    ['viewerId=', 'viewerId'],
    ['viewerId=a%20b', 'viewerId'],
    ['channelArn=news', 'channelArn'],
    ['scope=everyone', 'scope'],
    ['active=yes', 'active'],
    ['active=', 'active'],
    ['delivery=delivered', 'delivery'],
  ])('is not narrowed by %s', async (query, path) => {
    const refused = await send('GET', `/v1/admin/revocations?${query}`);
    expect([refused.status, ...pathsOf(refused)]).toEqual([400, path]);
  });
});

describe('a name in a path', () => {
  it.each(['%zz', '%', 'anna%', '%ff', '%C3%28'])(
    'is refused where it is not percent-encoded UTF-8: %s',
    async (name) => {
      for (const [method, path] of [
        ['GET', `/v1/admin/viewers/${name}`],
        ['DELETE', `/v1/admin/viewers/${name}/blocks`],
      ] as const) {
        const refused = await send(method, path);
        expect([refused.status, ...pathsOf(refused)]).toEqual([400, 'viewerId']);
      }
      expect((await send('GET', `/v1/admin/policies/${name}`)).status).toBe(400);
    },
  );

  it('is what it says, percent signs too', async () => {
    expect((await send('GET', '/v1/admin/viewers/ann%3Da')).body.viewerId).toBe('ann=a');
    const refused = await send('GET', '/v1/admin/viewers/%25zz');
    expect(refused.status).not.toBe(404);
    expect(faults()).toEqual([]);
  });
});

describe('the log', () => {
  it('says what was lifted and sent again, and how many', async () => {
    const { id } = (await revoke({ viewerId: 'anna', channelArn, block: {} })).body;
    await send('POST', `/v1/admin/revocations/${id}/retry`);
    await send('DELETE', `/v1/admin/revocations/${id}`);
    await revoke({ viewerId: 'anna', block: {} });
    await send('DELETE', '/v1/admin/viewers/anna/blocks');
    const requests = log.lines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'request');
    expect(requests).toMatchObject([
      { method: 'POST', revocationId: id },
      { method: 'POST', revocationId: id, counts: { retried: 0 } },
      { method: 'DELETE', revocationId: id },
      { method: 'POST' },
      { method: 'DELETE', viewerId: 'anna', counts: { lifted: 1 } },
    ]);
  });
});

describe('blocks', () => {
  const exportLines = async () =>
    (await send('GET', '/v1/admin/blocks')).text.split('\n').filter((line) => line !== '');

  it('go out a line each, and come in again', async () => {
    await revoke({ viewerIds: ['anna', 'bert'], block: {}, reason: 'two\nlines  ' });
    await revoke({ channelArn, block: { until: '2100-01-01T00:00:00Z' } });
    const answered = await send('GET', '/v1/admin/blocks');
    expect([answered.status, answered.headers.get('content-type'), answered.headers.get('cache-control')]).toEqual([
      200,
      'application/x-ndjson',
      'no-store',
    ]);
    const lines = await exportLines();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { viewerId: null, channelArn, until: '2100-01-01T00:00:00Z', reason: null },
      { viewerId: 'anna', channelArn: null, until: null, reason: 'two\nlines  ' },
      { viewerId: 'bert', channelArn: null, until: null, reason: 'two\nlines  ' },
    ]);
    const counts = { imported: 0, repeated: 0, ended: 0, refused: 0 };
    expect((await importLines(answered.text)).body).toEqual({ ...counts, repeated: 3 });
    for (const line of lines) await send('DELETE', `/v1/admin/revocations/${JSON.parse(line).id}`);
    expect(await exportLines()).toEqual([]);
    expect((await importLines(lines.join('\r\n\r\n'))).body).toEqual({ ...counts, imported: 3 });
    expect(await exportLines()).toHaveLength(3);
    const logged = log.lines.map((line) => JSON.parse(line)).filter((line) => line.counts?.imported === 3);
    expect(logged).toMatchObject([
      { event: 'request', route: '/v1/admin/blocks', counts: { imported: 3, repeated: 0 } },
    ]);
  });

  it('that are none are no lines', async () => {
    expect(await send('GET', '/v1/admin/blocks')).toMatchObject({ status: 200, text: '' });
  });

  it('one of which is wrong are all refused, and every wrong one is named by its line', async () => {
    const refused = await importLines('{"viewerId":"anna"}\n\n{"viewerId":"a b","more":1}\nnope\n{}\n');
    expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
    expect(pathsOf(refused).toSorted()).toEqual(['3.more', '3.viewerId', '4', '5']);
    expect(await exportLines()).toEqual([]);
    const json = await send('POST', '/v1/admin/blocks', '{"viewerId":"anna"}');
    expect(json.body.errors).toEqual([{ path: '', message: 'must be sent with content-type: application/x-ndjson' }]);
  });

  it.each(['{}\n', 'x\n', '\n', '{"a":1,"b":2,"c":3}\n', '{"viewerId":"a b"}\n'])(
    'that are all wrong, as many as fit in, are refused in few words: %j',
    async (line) => {
      const refused = await importLines(line.repeat((4 * 1024 * 1024) / line.length));
      expect([refused.status, refused.body.code]).toEqual([400, 'invalid_request']);
      expect(refused.text.length).toBeLessThan(20_000);
    },
  );

  it('are refused as input and never break anything, whatever is sent', async () => {
    const line = fc.oneof(fc.json(), fc.string({ unit: anyCharacter }), fc.constant('{"viewerId":"anna"}'));
    await fc.assert(
      fc.asyncProperty(fc.array(line), async (lines) => {
        expect([200, 400]).toContain((await importLines(lines.join('\n'))).status);
      }),
    );
    expect(faults()).toEqual([]);
  });

  describe('when the store goes away', () => {
    const failAfter = (pages: number): RevocationStore => {
      let asked = 0;
      return {
        ...store.revocations,
        async list(query) {
          if (asked++ >= pages) throw new OutageError('store_unavailable', { cause: new Error('gone') });
          return store.revocations.list(query);
        },
      };
    };

    it('before the first line are an outage with its code', async () => {
      app = serve({ ...store, revocations: failAfter(0) });
      expect(await send('GET', '/v1/admin/blocks')).toMatchObject({
        status: 503,
        body: { code: 'store_unavailable' },
      });
    });

    it('on the way break off, so that nobody takes them for all, and the log says why', async () => {
      for (let count = 0; count < 150; count++) await revoke({ viewerId: `v-${count}`, block: {} });
      app = serve({ ...store, revocations: failAfter(1) });
      await expect(send('GET', '/v1/admin/blocks')).rejects.toThrow(/^the answer broke off$/);
      expect(log.lines.map((text) => JSON.parse(text))).toContainEqual(
        expect.objectContaining({ event: 'outage', code: 'store_unavailable', reason: 'Error: gone' }),
      );
    });
  });
});
