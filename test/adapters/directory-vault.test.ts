/** The vault in a directory: the contract, and who may read its files. */
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDirectoryVault } from '../../src/adapters/directory-vault.ts';
import { describeVaultContract } from '../contracts/vault-contract.ts';
import { toPendingKeyPair } from '../support/records.ts';

const { id } = toPendingKeyPair('key_0123456789abcdef0123');
const pem = '-----BEGIN PRIVATE KEY-----\nMIG2\n-----END PRIVATE KEY-----\n';
const unavailable = { code: 'vault_unavailable' };
let folder: string;
let keys: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playgate-vault-'));
  keys = join(folder, 'made', 'keys');
});
afterEach(() => rm(folder, { recursive: true }));

describeVaultContract('the directory vault', async () => ({
  vault: createDirectoryVault(keys),
  // A directory where files cannot be made any more: a file stands in its place.
  async spoil() {
    await rm(keys, { recursive: true });
    await writeFile(keys, '');
  },
  close: async () => undefined,
}));

describe('the directory vault', () => {
  it('makes its directory and files for their owner alone, and leaves nothing else behind', async () => {
    const vault = createDirectoryVault(keys);
    await vault.putPrivateKey(id, pem);
    expect((await stat(keys)).mode & 0o777).toBe(0o700);
    expect((await stat(join(keys, `${id}.pem`))).mode & 0o777).toBe(0o600);
    expect(await readdir(keys)).toEqual([`${id}.pem`]);
  });

  it('leaves no draft behind where a private half cannot get its name', async () => {
    const vault = createDirectoryVault(keys);
    await mkdir(join(keys, `${id}.pem`), { recursive: true });
    await expect(vault.putPrivateKey(id, pem)).rejects.toMatchObject(unavailable);
    expect(await readdir(keys)).toEqual([`${id}.pem`]);
  });

  it.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o601, 0o644, 0o666])(
    'refuses a private half that others can get at (mode %o), and says what to do',
    async (mode) => {
      const vault = createDirectoryVault(keys);
      await vault.putPrivateKey(id, pem);
      await chmod(join(keys, `${id}.pem`), mode);
      const refusal = vault.getPrivateKey(id);
      await expect(refusal).rejects.toMatchObject(unavailable);
      await expect(refusal).rejects.toMatchObject({ cause: { message: expect.stringContaining('chmod 600') } });
      await vault.putPrivateKey(id, pem);
      expect(await vault.getPrivateKey(id)).toBe(pem);
    },
  );

  it('cannot be used where a file stands in its place', async () => {
    await writeFile(join(folder, 'made'), '');
    const vault = createDirectoryVault(keys);
    await expect(vault.ping()).rejects.toMatchObject(unavailable);
    await expect(vault.putPrivateKey(id, pem)).rejects.toMatchObject(unavailable);
    await expect(vault.getPrivateKey(id)).rejects.toMatchObject(unavailable);
  });
});
