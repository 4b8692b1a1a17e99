/** Whether an instance can do its work, and which part of it cannot. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDirectoryVault } from '../src/adapters/directory-vault.ts';
import { createSqliteStore } from '../src/adapters/sqlite-store/sqlite-store.ts';
import { systemClock, systemRandom } from '../src/adapters/system.ts';
import { createKeyRing } from '../src/keys/key-ring.ts';
import { createKeyPairs } from '../src/keys/manage.ts';
import { createReadiness } from '../src/readiness.ts';
import { startIvsWithChannel } from './support/ivs-with-channel.ts';
import { usWest2 } from './support/records.ts';

it('each part is named that is not ready, at most a second late', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'playgate-readiness-'));
  const ivs = await startIvsWithChannel();
  const store = createSqliteStore(':memory:');
  const vault = createDirectoryVault(join(folder, 'keys'));
  let nowMs = 1_795_194_000_000;
  const bind = () => {
    const keyRing = createKeyRing(vault);
    const keyPairs = createKeyPairs({
      store,
      vault,
      ivs: ivs.control,
      keyRing,
      clock: systemClock,
      random: systemRandom,
    });
    return { keyPairs, check: createReadiness({ store, vault, keyPairs, clock: { nowMs: () => nowMs } }) };
  };
  const { keyPairs, check } = bind();
  const allOk = { store: 'ok', vault: 'ok', keyRing: 'ok' };
  expect(await check()).toEqual({ ready: true, checks: allOk });

  await keyPairs.create({ region: usWest2 });
  rmSync(join(folder, 'keys'), { recursive: true });
  writeFileSync(join(folder, 'keys'), '');
  nowMs += 999;
  expect(await check()).toEqual({ ready: true, checks: allOk });
  nowMs += 1;
  expect(await check()).toEqual({
    ready: false,
    checks: { store: 'ok', vault: 'unavailable', keyRing: 'unavailable' },
  });

  await store.close();
  nowMs += 1000;
  expect(await check()).toEqual({
    ready: false,
    checks: { store: 'unavailable', vault: 'unavailable', keyRing: 'unavailable' },
  });
  rmSync(folder, { recursive: true });
  await ivs.close();
});
