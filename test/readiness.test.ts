/** Whether an instance can do its work, and which part of it cannot. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../src/adapters/directory-vault.ts';
import { createSecretsManagerVault } from '../src/adapters/secrets-manager-vault.ts';
import { createSqliteStore } from '../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemRandom } from '../src/adapters/system.ts';
import { OutageError } from '../src/errors.ts';
import { createKeyRing } from '../src/keys/key-ring.ts';
import { createKeyPairs } from '../src/keys/use-cases.ts';
import { createReadiness } from '../src/readiness.ts';
import { startIvsWithChannel } from './support/ivs-with-channel.ts';
import { createRecordingLog } from './support/recording-log.ts';
import { usWest2 } from './support/records.ts';
import { startSecretsManager } from './support/secrets-manager.ts';

it('each part is named that is not ready, at most a second late', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'playgate-readiness-'));
  const ivs = await startIvsWithChannel();
  const store = createSqliteStore(':memory:');
  const vault = createDirectoryVault(join(folder, 'keys'));
  const log = createRecordingLog();
  let nowMs = 1_795_194_000_000;
  const bind = () => {
    const keyRing = createKeyRing(vault);
    const keyPairs = createKeyPairs({
      keyPairs: store.keyPairs,
      vault,
      ivs: ivs.control,
      keyRing,
      clock: systemClock,
      random: systemRandom,
    });
    return {
      keyPairs,
      check: createReadiness({ store: store.health, vault, keyPairs, clock: { nowMs: () => nowMs }, log }),
    };
  };
  const { keyPairs, check } = bind();
  const allOk = { store: 'ok', vault: 'ok', keyRing: 'ok' };
  expect(await check()).toEqual({ ready: true, stopping: false, checks: allOk });

  await keyPairs.create({ region: usWest2 });
  rmSync(join(folder, 'keys'), { recursive: true });
  writeFileSync(join(folder, 'keys'), '');
  nowMs += 999;
  expect(await check()).toEqual({ ready: true, stopping: false, checks: allOk });
  nowMs += 1;
  expect(await check()).toEqual({
    ready: false,
    stopping: false,
    checks: { store: 'ok', vault: 'unavailable', keyRing: 'unavailable' },
  });

  await store.close();
  nowMs += 1000;
  expect(await check()).toEqual({
    ready: false,
    stopping: false,
    checks: { store: 'unavailable', vault: 'unavailable', keyRing: 'unavailable' },
  });
  const changes = log.lines.map((line) => JSON.parse(line));
  expect(changes.map(({ event, part, state }) => [event, part, state])).toEqual([
    ['readiness_changed', 'vault', 'unavailable'],
    ['readiness_changed', 'keyRing', 'unavailable'],
    ['readiness_changed', 'store', 'unavailable'],
  ]);
  for (const { reason } of changes) expect(reason).toMatch(/^\w*Error: \S/);
  rmSync(folder, { recursive: true });
  await ivs.close();
});

it('each change of a part is said once, with what lies at the bottom of it, and so is its return', async () => {
  const log = createRecordingLog();
  let nowMs = 1_795_194_000_000;
  let isAway = false;
  const cause = new RangeError('the socket was closed');
  const ping = async () => {
    if (isAway) throw new OutageError('store_unavailable', { cause: new Error('a command failed', { cause }) });
  };
  const check = createReadiness({
    store: { ping },
    vault: { ping: async () => undefined },
    keyPairs: { warmUp: async () => [] },
    clock: { nowMs: () => nowMs },
    log,
  });
  for (const away of [false, false, true, true, true, false, false, true]) {
    isAway = away;
    nowMs += 1000;
    expect((await check()).checks.store).toBe(away ? 'unavailable' : 'ok');
  }
  const gone = {
    event: 'readiness_changed',
    part: 'store',
    state: 'unavailable',
    reason: 'RangeError: the socket was closed',
  };
  const back = { event: 'readiness_changed', part: 'store', state: 'ok' };
  expect(log.lines.map((line) => JSON.parse(line))).toEqual([gone, back, gone]);
});

it('a process that was told to end is not ready, whatever its parts are, and looks at none of them any more', async () => {
  const store = createSqliteStore(':memory:');
  let stopping = false;
  const check = createReadiness({
    store: store.health,
    vault: { ping: async () => undefined },
    keyPairs: { warmUp: async () => [] },
    clock: systemClock,
    log: createRecordingLog(),
    isStopping: () => stopping,
  });
  const checks = { store: 'ok', vault: 'ok', keyRing: 'ok' };
  expect(await check()).toEqual({ ready: true, stopping: false, checks });
  await store.close();
  stopping = true;
  expect(await check()).toEqual({ ready: false, stopping: true, checks });
});

describe('many who ask at once', () => {
  const startedMs = 1_795_194_000_000;

  async function withSecretsManager(
    work: (parts: {
      readonly check: ReturnType<typeof createReadiness>;
      readonly secretsManager: Awaited<ReturnType<typeof startSecretsManager>>;
      readonly pass: (ms: number) => void;
    }) => Promise<void>,
  ): Promise<void> {
    const [ivs, secretsManager] = await Promise.all([startIvsWithChannel(), startSecretsManager()]);
    const store = createSqliteStore(':memory:');
    const vaultConfig = { region: usWest2, prefix: 'playgate/', endpoint: secretsManager.url };
    const vault = createSecretsManagerVault(
      { kind: 'secrets_manager', ...vaultConfig },
      { ...ivs.aws, timeoutMs: 1000 },
    );
    let nowMs = startedMs;
    const ports = { vault, clock: { nowMs: () => nowMs }, log: createRecordingLog() };
    const keyRing = createKeyRing(vault);
    const keyPairs = createKeyPairs({
      ...ports,
      keyPairs: store.keyPairs,
      ivs: ivs.control,
      keyRing,
      random: systemRandom,
    });
    await keyPairs.create({ region: usWest2 });
    const pass = (ms: number) => {
      nowMs += ms;
    };
    await work({ check: createReadiness({ ...ports, store: store.health, keyPairs }), secretsManager, pass });
    await store.close();
    await Promise.all([ivs.close(), secretsManager.close()]);
  }

  const askMany = (check: ReturnType<typeof createReadiness>) => Promise.all(Array.from({ length: 100 }, check));

  it('cost the vault one look once it is warm, and another when that one is a second old', () =>
    withSecretsManager(async ({ check, secretsManager, pass }) => {
      expect((await check()).ready).toBe(true);
      secretsManager.operations.length = 0;
      await askMany(check);
      expect(secretsManager.operations).toEqual([]);
      pass(1000);
      for (const { ready } of await askMany(check)) expect(ready).toBe(true);
      expect(secretsManager.operations).toHaveLength(1);
      await askMany(check);
      expect(secretsManager.operations).toHaveLength(1);
    }));

  it('get what was seen last while one looks, and learn of it when that look has failed', () =>
    withSecretsManager(async ({ check, secretsManager, pass }) => {
      await check();
      secretsManager.trouble = 'hang';
      pass(1000);
      const looking = check();
      for (const { ready } of await askMany(check)) expect(ready).toBe(true);
      expect((await looking).checks).toEqual({ store: 'ok', vault: 'unavailable', keyRing: 'ok' });
      for (const { ready } of await askMany(check)) expect(ready).toBe(false);
    }));

  it('do not wait for ever for one that was cut off', () =>
    withSecretsManager(async ({ check, secretsManager, pass }) => {
      await check();
      secretsManager.trouble = 'hang';
      pass(1000);
      const cutOff = check();
      secretsManager.trouble = 'deny';
      pass(9999);
      expect((await check()).ready).toBe(true);
      pass(1);
      expect((await check()).ready).toBe(false);
      await cutOff;
    }));
});
