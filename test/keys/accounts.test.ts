/** Channels and key pairs of another AWS account: looked for, signed for and revoked there, with its own credentials or a role. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { preparePrivateChannel } from '../../src/adapters/ivs/private-channel.ts';
import { createSqliteStore, type SqliteStore } from '../../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { parseConfig } from '../../src/config.ts';
import { type AccountId, type ChannelArn, toAccount, toKeyPlace } from '../../src/ids.ts';
import { createServices, type Services } from '../../src/services.ts';
import { tokenRequestSchema } from '../../src/tokens/request.ts';
import { byAnn } from '../support/author.ts';
import { type IvsWithChannel, startIvsWithChannel } from '../support/ivs-with-channel.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { toViewerId, usWest2 } from '../support/records.ts';
import { type Sts, startSts } from '../support/sts.ts';
import { verifyToken } from '../support/verify-token.ts';

const other = '210987654321' as AccountId;
const roleArn = `arn:aws:iam::${other}:role/playgate`;
let [ivs, sts]: [IvsWithChannel?, Sts?] = [];
let store: SqliteStore;
let folder: string;
beforeEach(async () => {
  [ivs, sts] = await Promise.all([startIvsWithChannel(), startSts()]);
  store = createSqliteStore(':memory:');
  folder = mkdtempSync(join(tmpdir(), 'playgate-accounts-'));
});
afterEach(async () => {
  await store.close();
  await Promise.all([ivs?.close(), sts?.close()]);
  rmSync(folder, { recursive: true });
});

const servers = () => {
  if (ivs === undefined || sts === undefined) throw new TypeError('they were started');
  return { ivs, sts };
};

function bind(settings: Readonly<Record<string, string>>) {
  const config = parseConfig({
    ...{
      PLAYGATE_ADMIN_KEY: 'an admin key of at least 32 characters',
      DATABASE_FILE: ':memory:',
      KEYS_DIRECTORY: 'keys',
    },
    ...{ AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
    ...{ AWS_ENDPOINT_URL_IVS: servers().ivs.url, AWS_ENDPOINT_URL_STS: servers().sts.url },
    ...settings,
  });
  const outside = { clock: systemClock, random: systemRandom, hashing: systemHashing, log: createRecordingLog() };
  const control = createIvsControl(config.aws);
  const services = createServices({ store, vault: createDirectoryVault(folder), ivs: control, ...outside }, config);
  return { config, control, services };
}

/** A private channel of the other account. */
async function createChannelThere(): Promise<ChannelArn> {
  const credentials = { accessKeyId: other, secretAccessKey: 'secret' };
  const { channelArn } = await preparePrivateChannel({ ...servers().ivs.aws, credentials }, usWest2, 'theirs');
  expect(toAccount(channelArn)).toBe(other);
  return channelArn;
}

async function issue({ tokens, identifyViewer }: Services, channelArn: ChannelArn) {
  const caller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] } as const;
  const request = tokenRequestSchema.parse({ channelArn, viewerId: 'anna' });
  const issued = await tokens.issue({ by: byAnn, caller, request, viewer: identifyViewer(caller, request, {}) });
  if (!issued.ok) throw new Error(issued.code);
  return issued.value.token;
}

async function createKey({ keyPairs }: Services, account: AccountId | null) {
  const made = await keyPairs.create(byAnn, { place: toKeyPlace(usWest2, account) });
  if (!made.ok) throw new Error(`${made.code}: ${made.detail}`);
  return made.value;
}

describe.each([
  ['its own credentials', { [other]: { accessKeyId: other, secretAccessKey: 'secret' } }],
  ['a role', { [other]: { roleArn, externalId: 'playgate-prod' } }],
])('an account with %s', (_, accounts) => {
  const settings = { IVS_ACCOUNTS: JSON.stringify(accounts) };

  it('has key pairs of its own, with which its channels are signed for, and no others', async () => {
    const { services, control } = bind(settings);
    const theirs = await createChannelThere();
    for (const channelArn of [servers().ivs.channelArn, theirs])
      expect(await services.channels.put(byAnn, channelArn, { access: 'entitled' })).toMatchObject({ ok: true });
    const [ownPair, theirPair] = [await createKey(services, null), await createKey(services, other)];
    expect([ownPair.state, theirPair.state]).toEqual(['active', 'active']);
    expect(theirPair.arn).toContain(`:${other}:playback-key/`);
    for (const [channelArn, signs, doesNot] of [
      [servers().ivs.channelArn, ownPair, theirPair],
      [theirs, theirPair, ownPair],
    ] as const) {
      const token = await issue(services, channelArn);
      expect(verifyToken(token, signs.publicKey)).toBeDefined();
      expect(verifyToken(token, doesNot.publicKey)).toBeUndefined();
      expect(await services.tokens.inspect({ token })).toMatchObject({ plays: true, keyId: signs.id });
    }
    expect(await control.listKeyPairs(usWest2)).toMatchObject([{ keyPairId: ownPair.id }]);
    expect(await control.listKeyPairs(toKeyPlace(usWest2, other))).toMatchObject([{ keyPairId: theirPair.id }]);
  });

  it('is told of revocations of its channels, on a budget of its own', async () => {
    const { control } = bind(settings);
    const channelArn = await createChannelThere();
    const delivery = { channelArn, viewerId: toViewerId('anna'), floor: 1, revocationId: 'rev' as never, createdAt: 1 };
    expect(await control.revokeSession(delivery)).toEqual({ kind: 'delivered' });
    expect(await control.revokeSessions([delivery])).toMatchObject({ answers: [{ kind: 'delivered' }] });
  });

  it('is compared, counted and rotated for itself', async () => {
    const { services } = bind(settings);
    const channelArn = await createChannelThere();
    await services.channels.put(byAnn, channelArn, { access: 'entitled' });
    await createKey(services, null);
    const { checks } = await services.checkReadiness();
    expect(checks.keys.reason).toBe(`no active key pair in ${usWest2}/${other}, which has 1 channels`);
    const place = toKeyPlace(usWest2, other);
    const started = await services.rotations.start({ place, emergency: false, startedBy: 'operator', by: byAnn });
    expect(started).toMatchObject({ ok: true, value: { place, from: null } });
    expect(await services.reconcile.find()).toEqual([]);
    expect(await services.rotations.halt(byAnn, usWest2)).toMatchObject({ ok: false, code: 'not_found' });
  });
});

describe('a role', () => {
  const settings = { IVS_ACCOUNTS: JSON.stringify({ [other]: { roleArn, externalId: 'playgate-prod' } }) };

  it('is assumed with the service’s credentials, once for as long as it lasts', async () => {
    const { control } = bind(settings);
    const place = toKeyPlace(usWest2, other);
    for (let call = 0; call < 5; call++) await control.listKeyPairs(place);
    expect(servers().sts.asked).toEqual([{ roleArn, externalId: 'playgate-prod', signedBy: 'AKIDEXAMPLE' }]);
  });

  it('is assumed again before its credentials run out, without a restart', async () => {
    servers().sts.livesMs = 1000;
    const { control } = bind(settings);
    const place = toKeyPlace(usWest2, other);
    for (let call = 0; call < 3; call++) await control.listKeyPairs(place);
    expect(servers().sts.asked.length).toBeGreaterThan(1);
  });
});

describe('a role of the service itself', () => {
  it('is assumed for its own account, and roles of others with its credentials', async () => {
    const own = 'arn:aws:iam::111122223333:role/playgate';
    const { control } = bind({ AWS_ASSUME_ROLE_ARN: own, IVS_ACCOUNTS: JSON.stringify({ [other]: { roleArn } }) });
    await control.listKeyPairs(usWest2);
    await control.listKeyPairs(toKeyPlace(usWest2, other));
    const asked = servers().sts.asked.map((each) => [each.roleArn, each.signedBy]);
    expect(asked).toEqual([
      [own, 'AKIDEXAMPLE'],
      [own, 'AKIDEXAMPLE'],
      [roleArn, '111122223333'],
    ]);
  });
});
