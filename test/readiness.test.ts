/** Whether an instance can do its work, which part of it cannot, and what helps. */
import { chmodSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretsManagerVault } from '../src/adapters/secrets-manager-vault.ts';
import { OutageError } from '../src/errors.ts';
import { toRegion } from '../src/ids.ts';
import type { Vault } from '../src/keys/ports.ts';
import { createPlaceChannels } from '../src/keys-and-channels.ts';
import { createReadiness } from '../src/readiness.ts';
import { byAnn } from './support/author.ts';
import { type KeepingKeys, startKeepingKeys } from './support/keeping-keys.ts';
import { euWest1, toChannel, toChannelArn, usWest2 } from './support/records.ts';
import { type SecretsManager, startSecretsManager } from './support/secrets-manager.ts';

let keeping: KeepingKeys;
beforeEach(async () => {
  keeping = await startKeepingKeys();
});
afterEach(() => keeping.close());

const ok = { state: 'ok', reason: null };
const register = (name: string, region = usWest2) => keeping.store.channels.put(toChannel(toChannelArn(name, region)));

/** The check of an instance with nothing in memory; each look is a later one. */
function bindCheck({
  vault = keeping.vault,
  isStopping = () => false,
}: {
  vault?: Vault;
  isStopping?: () => boolean;
} = {}) {
  const clock = { nowMs: () => keeping.nowMs };
  return createReadiness({
    ...{ store: keeping.store.health, vault, clock, log: keeping.log, isStopping },
    keyPairs: keeping.bind({ vault }).keyPairs,
    channels: createPlaceChannels({
      channels: keeping.store.channels,
      toPlace: toRegion,
      ivs: keeping.ivs.control,
      clock,
    }),
  });
}

/** Looks anew, and leaves out since when. */
async function look(check: ReturnType<typeof createReadiness>) {
  keeping.nowMs += 6000;
  const { ready, checks } = await check();
  return { ready, ...checks };
}

describe('an instance is ready', () => {
  it('at a first start, which says what to do first', async () => {
    const found = await look(bindCheck());
    const reason = 'there is no key pair yet: POST /v1/admin/keys with a region makes one';
    expect(found).toMatchObject({ ready: true, store: ok, vault: ok, keys: { state: 'degraded', reason } });
  });

  it('when it can sign for a region with channels, whatever is missing in others', async () => {
    await keeping.create();
    await register('news');
    const check = bindCheck();
    expect(await look(check)).toMatchObject({ ready: true, keys: ok });
    for (const name of ['a', 'b', 'c']) await register(name, euWest1);
    const reason = 'no active key pair in eu-west-1, which has 3 channels';
    expect(await look(check)).toMatchObject({ ready: true, keys: { state: 'degraded', reason } });
  });

  it('while the vault is away and the keys are warm', async () => {
    await keeping.create();
    await register('news');
    const check = bindCheck();
    await look(check);
    renameSync(keeping.folder, `${keeping.folder}-away`);
    writeFileSync(keeping.folder, '');
    expect(await look(check)).toMatchObject({ ready: true, vault: { state: 'degraded' }, keys: ok });
    expect(await look(bindCheck())).toMatchObject({ ready: false, keys: { state: 'unavailable' } });
    rmSync(keeping.folder);
    renameSync(`${keeping.folder}-away`, keeping.folder);
    expect(await look(check)).toMatchObject({ ready: true, vault: ok });
  });
});

describe('an instance is not ready', () => {
  it('when it can sign for no region that has channels', async () => {
    await register('news');
    await keeping.create(euWest1);
    expect(await look(bindCheck())).toMatchObject({
      ready: false,
      keys: { state: 'unavailable', reason: 'no active key pair in us-west-2, which has 1 channels' },
    });
  });

  it('when it may not read its key, and says which file, and what mends it', async () => {
    const { id } = await keeping.create();
    await register('news');
    const file = join(keeping.folder, `${id}.pem`);
    chmodSync(file, 0o640);
    const { ready, keys } = await look(bindCheck());
    expect([ready, keys.state]).toEqual([false, 'unavailable']);
    expect(keys.reason).toContain(`${file} can be read by others than its owner: chmod 600 it`);
    chmodSync(file, 0o600);
    expect(await look(bindCheck())).toMatchObject({ ready: true, keys: ok });
  });

  it('when the store does not answer', async () => {
    const check = bindCheck();
    await keeping.closeStore();
    expect(await look(check)).toMatchObject({
      ready: false,
      store: { state: 'unavailable' },
      keys: { state: 'unavailable' },
    });
  });

  it('when the process was told to end, whatever its parts are, and looks at none of them any more', async () => {
    let stopping = false;
    const check = bindCheck({ isStopping: () => stopping });
    expect(await check()).toMatchObject({ ready: true, stopping: false });
    await keeping.closeStore();
    stopping = true;
    keeping.nowMs += 60_000;
    expect(await check()).toMatchObject({ ready: false, stopping: true, checks: { store: ok } });
  });
});

it('each change of a part is said once, with what lies at the bottom of it, and so is its return', async () => {
  let isAway = false;
  const cause = new RangeError('the socket was closed');
  const ping = async () => {
    if (isAway) throw new OutageError('vault_unavailable', { cause: new Error('a call failed', { cause }) });
  };
  await keeping.create();
  const check = bindCheck({ vault: { ...keeping.vault, ping } });
  for (const away of [false, false, true, true, true, false, false, true]) {
    isAway = away;
    expect((await look(check)).vault.state).toBe(away ? 'degraded' : 'ok');
  }
  const reason = 'RangeError: the socket was closed';
  const gone = { event: 'readiness_changed', part: 'vault', state: 'degraded', reason };
  const back = { event: 'readiness_changed', part: 'vault', state: 'ok' };
  expect(keeping.log.lines.map((line) => JSON.parse(line))).toEqual([gone, back, gone]);
});

it('since when a part is as it is stays, until it is another way', async () => {
  await register('news');
  const check = bindCheck();
  const { keys } = await look(check);
  for (let count = 0; count < 3; count++) expect((await look(check)).keys).toEqual(keys);
  await keeping.create();
  expect((await look(check)).keys).toEqual({ ...ok, since: Math.floor(keeping.nowMs / 1000) });
});

describe('many who ask at once', () => {
  let manager: SecretsManager;
  let check: ReturnType<typeof createReadiness>;
  beforeEach(async () => {
    manager = await startSecretsManager();
    const config = { kind: 'secrets_manager', region: usWest2, prefix: 'playgate/', endpoint: manager.url } as const;
    const vault = createSecretsManagerVault(config, { ...keeping.ivs.aws, timeoutMs: 1000 });
    await keeping.bind({ vault }).keyPairs.create(byAnn, { place: usWest2 });
    check = bindCheck({ vault });
    await check();
  });
  afterEach(() => manager.close());
  const askMany = () => Promise.all(Array.from({ length: 100 }, check));

  it('cost the vault one look once it is warm, and another when that one is a second old', async () => {
    manager.operations.length = 0;
    keeping.nowMs += 999;
    await askMany();
    expect(manager.operations).toEqual([]);
    keeping.nowMs += 1;
    for (const { ready } of await askMany()) expect(ready).toBe(true);
    await askMany();
    expect(manager.operations).toHaveLength(1);
  });

  it('get what was seen last while one looks, and learn of it when that look has failed', async () => {
    manager.trouble = 'hang';
    keeping.nowMs += 1000;
    const looking = check();
    for (const { checks } of await askMany()) expect(checks.vault.state).toBe('ok');
    expect((await looking).checks.vault.state).toBe('degraded');
    for (const { checks } of await askMany()) expect(checks.vault.state).toBe('degraded');
  });

  it('do not wait for ever for one that was cut off', async () => {
    manager.trouble = 'hang';
    keeping.nowMs += 1000;
    const cutOff = check();
    manager.trouble = 'deny';
    keeping.nowMs += 9999;
    expect((await check()).checks.vault.state).toBe('ok');
    keeping.nowMs += 1;
    expect((await check()).checks.vault.state).toBe('degraded');
    await cutOff;
  });
});
