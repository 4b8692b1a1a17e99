/** Inspecting over HTTP: whatever stands in a token, the answer says what was found, and is never a fault of ours. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { createApp } from '../../src/app.ts';
import { parseConfig } from '../../src/config.ts';
import type { App } from '../../src/http/context.ts';
import { createServices } from '../../src/services.ts';
import { inspectReasons } from '../../src/tokens/inspect.ts';
import { anyCharacter } from '../support/arbitraries.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { addImportedPair } from '../support/key-pairs.ts';
import { createPlaybackSigner } from '../support/playback-signer.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { toChannel, toChannelArn, toPendingKeyPair } from '../support/records.ts';

const adminKey = 'an admin key of at least 32 characters';
const channelArn = toChannelArn('news');
const signer = createPlaybackSigner();
const log = createRecordingLog();
let ivs: IvsWithChannel;
let store: SqliteStore;
let app: App;

beforeAll(async () => {
  ivs = await startIvsWithChannel();
  store = createSqliteStore(':memory:');
  await store.channels.put(toChannel(channelArn));
  const pair = toPendingKeyPair('key_1', { publicKey: signer.publicKey });
  await addImportedPair(store, pair.id, pair);
  const vault = createDirectoryVault(join(tmpdir(), 'playgate-never-made'));
  const outside = { clock: systemClock, random: systemRandom, hashing: systemHashing };
  const settings = { PLAYGATE_ADMIN_KEY: adminKey, DATABASE_FILE: ':memory:', KEYS_DIRECTORY: 'keys' };
  const services = createServices({ store, vault, ivs: ivs.control, log, ...outside }, parseConfig(settings));
  app = createApp({ services, clock: systemClock, random: systemRandom, log, viewerLocation: () => undefined });
});
afterAll(async () => {
  await store.close();
  await ivs.close();
});

async function inspect(body: unknown): Promise<{ status: number; body: ReturnType<typeof JSON.parse> }> {
  const answer = await app.request('/v1/tokens/inspect', {
    method: 'POST',
    headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}

const now = () => Math.floor(Date.now() / 1000);
const claims = (exp: number) => ({ 'aws:channel-arn': channelArn, 'aws:viewer-id': 'anna', exp });

describe('inspecting a token', () => {
  it.each([
    [Number.MAX_SAFE_INTEGER, 'expires_too_late', null],
    [253_402_300_800, 'expires_too_late', null],
    [253_402_300_799, 'expires_too_late', '9999-12-31T23:59:59Z'],
    [1_795_194_000_000, 'expires_too_late', null],
    [0, 'expired', '1970-01-01T00:00:00Z'],
    [-1, 'expired', null],
    [Number.MIN_SAFE_INTEGER, 'expired', null],
  ])('that ends at %d says %s, and its end is %s', async (exp, reason, expiresAt) => {
    expect(await inspect({ token: await signer.sign(claims(exp)) })).toEqual({
      status: 200,
      body: {
        ...{ plays: false, reason, claims: claims(exp), keyId: 'key_1', verdict: 'issued', floor: 0, expiresAt },
        ...{ until: null, opensAt: null, closedAt: null, retryAfter: null },
      },
    });
  });

  it('with any JSON for claims is answered, its claims as they stand in it', async () => {
    const anything = fc.oneof(fc.jsonValue(), fc.maxSafeInteger(), fc.double({ noNaN: true }));
    // Mostly what IVS takes, so that the rest of the way is walked as well.
    const mostly = (arbitrary: fc.Arbitrary<unknown>) =>
      fc.oneof({ weight: 12, arbitrary }, { weight: 1, arbitrary: anything });
    const time = mostly(
      fc.oneof(
        fc.constantFrom(Number.MAX_SAFE_INTEGER, -1, 8.64e15, 8.64e12 + 1),
        fc.integer({ min: -600, max: 1200 }).map((ahead) => now() + ahead),
        fc.integer({ min: 0, max: 600 }).map((ahead) => (now() + ahead) * 1000),
        fc.maxSafeInteger(),
      ),
    );
    const ours = fc.record(
      {
        'aws:channel-arn': mostly(fc.constant(channelArn)),
        'aws:viewer-id': mostly(fc.string({ unit: anyCharacter, minLength: 1, maxLength: 40 })),
        'aws:viewer-session-version': mostly(fc.maxSafeNat()),
        'aws:access-control-allow-origin': mostly(fc.oneof(fc.constantFrom('*', 'https://*.tv.example'), fc.string())),
        'aws:strict-origin-enforcement': mostly(fc.boolean()),
        'aws:single-use-uuid': mostly(fc.uuid()),
        'aws:maximum-resolution': mostly(fc.constantFrom('SD', 'HD', 'FULL_HD')),
        exp: time,
      },
      { requiredKeys: ['aws:channel-arn', 'exp'] },
    );
    const place = fc.constantFrom({}, { origin: 'https://www.tv.example' }, { country: 'DE' });
    const reasons = new Map<string | null, number>();
    await fc.assert(
      fc.asyncProperty(mostly(ours), place, async (payload, from) => {
        const { status, body } = await inspect({ token: await signer.sign(payload), ...from });
        expect(status).toBe(200);
        reasons.set(body.reason, (reasons.get(body.reason) ?? 0) + 1);
        expect([null, ...inspectReasons]).toContain(body.reason);
        expect(body.plays).toBe(body.reason === null);
        if (body.expiresAt !== null) expect(Date.parse(body.expiresAt)).toBe(body.claims.exp * 1000);
        if (body.claims !== null) expect(JSON.stringify(body.claims)).toBe(JSON.stringify(payload));
      }),
      { numRuns: 1000 },
    );
    // The property would say nothing if every token were turned away at the door.
    for (const reason of [null, 'malformed', 'invalid_claims', 'expired', 'expires_too_late', 'origin_not_allowed'])
      expect(reasons.get(reason), String(reason)).toBeGreaterThan(0);
    expect(log.lines.filter((line) => line.includes('internal_error'))).toEqual([]);
  });
});
