/** What every Vault keeps to. Each adapter runs the whole of it against the real thing. */
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeyPairId } from '../../src/ids.ts';
import { generateKeyMaterial } from '../../src/keys/key-material.ts';
import type { Vault } from '../../src/keys/ports.ts';
import { toPendingKeyPair } from '../support/records.ts';

export interface VaultUnderTest {
  readonly vault: Vault;
  /** Spoils what is kept for a key pair, so that it can no longer be had. */
  spoil(id: KeyPairId): Promise<void>;
  close(): Promise<void>;
}

const first = toPendingKeyPair('key_0123456789abcdef0123').id;
const second = toPendingKeyPair('key_fedcba98765432100123').id;

/** The suite. `open` gives an empty vault each time. */
export function describeVaultContract(name: string, open: () => Promise<VaultUnderTest>): void {
  describe(`${name} as a Vault`, () => {
    let under: VaultUnderTest;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    it('gives back each private half as it was put', async () => {
      const [one, other] = [await generateKeyMaterial(), await generateKeyMaterial()];
      await under.vault.putPrivateKey(first, one.privateKey);
      await under.vault.putPrivateKey(second, other.privateKey);
      expect(await under.vault.getPrivateKey(first)).toBe(one.privateKey);
      expect(await under.vault.getPrivateKey(second)).toBe(other.privateKey);
    });

    it('knows a private half that is not there from one that cannot be had', async () => {
      expect(await under.vault.getPrivateKey(first)).toBeUndefined();
    });

    it('forgets what was deleted, and nothing else', async () => {
      const { privateKey } = await generateKeyMaterial();
      await under.vault.putPrivateKey(first, privateKey);
      await under.vault.putPrivateKey(second, privateKey);
      await under.vault.deletePrivateKey(first);
      expect(await under.vault.getPrivateKey(first)).toBeUndefined();
      expect(await under.vault.getPrivateKey(second)).toBe(privateKey);
    });

    it('takes the deletion of what is not there for done', async () => {
      await under.vault.deletePrivateKey(first);
      await under.vault.deletePrivateKey(first);
    });

    it('answers when it is asked whether it can be used', () => under.vault.ping());

    it('shows no key material in an error, however deep one looks', async () => {
      const { privateKey } = await generateKeyMaterial();
      await under.vault.putPrivateKey(first, privateKey);
      await under.spoil(first);
      const errors = [
        await catchError(under.vault.getPrivateKey(first)),
        await catchError(under.vault.putPrivateKey(second, privateKey)),
      ];
      const shown = errors.map((error) => inspect(error, { depth: 20, showHidden: true })).join('\n');
      expect(errors[0]).toMatchObject({ code: 'vault_unavailable' });
      for (const line of privateKey.split('\n').filter((text) => text !== '')) expect(shown).not.toContain(line);
    });
  });
}

async function catchError(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}
