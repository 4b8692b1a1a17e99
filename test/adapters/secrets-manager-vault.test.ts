/** The vault in Secrets Manager, through the real AWS client over a socket: the contract, its names, and its troubles. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSecretsManagerVault } from '../../src/adapters/secrets-manager-vault.ts';
import type { Vault } from '../../src/keys/ports.ts';
import { describeVaultContract } from '../contracts/vault-contract.ts';
import { toPendingKeyPair, usWest2 } from '../support/records.ts';
import { type SecretsManager, startSecretsManager } from '../support/secrets-manager.ts';
import { expectWithin } from '../support/within.ts';

const timeoutMs = 300;
const slackMs = 200;
const unavailable = { code: 'vault_unavailable' };
const { id } = toPendingKeyPair('key_0123456789abcdef0123');

/** Patient unless the test is about its timeout. */
function openVault(endpoint: string, timeoutMs = 5000): Vault {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const config = { kind: 'secrets_manager', region: usWest2, prefix: 'playgate/', endpoint } as const;
  return createSecretsManagerVault(config, { credentials, timeoutMs });
}

describeVaultContract('the Secrets Manager vault', async () => {
  const manager = await startSecretsManager();
  return {
    vault: openVault(manager.url),
    async spoil() {
      manager.trouble = 'deny';
    },
    close: manager.close,
  };
});

describe('the Secrets Manager vault', () => {
  let manager: SecretsManager;
  let vault: Vault;
  beforeEach(async () => {
    manager = await startSecretsManager();
    vault = openVault(manager.url);
  });
  afterEach(() => manager.close());

  it('keeps each private half in a secret of its own, under the prefix', async () => {
    await vault.putPrivateKey(id, 'pem');
    expect([...manager.secrets]).toEqual([[`playgate/keys/${id}`, 'pem']]);
    await vault.deletePrivateKey(id);
    expect(manager.secrets.size).toBe(0);
  });

  it('overwrites no private half that is there', async () => {
    await vault.putPrivateKey(id, 'pem');
    await expect(vault.putPrivateKey(id, 'another')).rejects.toMatchObject(unavailable);
    expect(await vault.getPrivateKey(id)).toBe('pem');
  });

  it('tries some more times when the service breaks, and then gives up', async () => {
    manager.trouble = 'broken';
    await expect(vault.getPrivateKey(id)).rejects.toMatchObject(unavailable);
    expect(manager.operations).toEqual(Array(4).fill('GetSecretValue'));
  });

  it('asks again when it is throttled', async () => {
    await vault.putPrivateKey(id, 'pem');
    manager.trouble = 'throttle once';
    expect(await vault.getPrivateKey(id)).toBe('pem');
    expect(manager.operations.slice(-2)).toEqual(['GetSecretValue', 'GetSecretValue']);
  });

  it('knows a secret that is scheduled for deletion from one that is not there, and says what brings it back', async () => {
    manager.trouble = 'scheduled';
    const reason = expect.stringContaining(`aws secretsmanager restore-secret --secret-id playgate/keys/${id}`);
    await expect(vault.getPrivateKey(id)).rejects.toMatchObject({ ...unavailable, cause: { message: reason } });
  });

  it('makes secrets under the KMS key and with the tags of its settings, and without any where there are none', async () => {
    await vault.putPrivateKey(id, 'pem');
    const made = () => manager.made.get(`playgate/keys/${id}`);
    expect([made()?.KmsKeyId, made()?.Tags]).toEqual([undefined, undefined]);
    await vault.deletePrivateKey(id);
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
    const config = { kind: 'secrets_manager', region: usWest2, prefix: 'playgate/', endpoint: manager.url } as const;
    const own = { ...config, kmsKeyId: 'alias/playgate', tags: { team: 'video', stage: '' } };
    await createSecretsManagerVault(own, { credentials, timeoutMs: 5000 }).putPrivateKey(id, 'pem');
    const tags = [
      { Key: 'team', Value: 'video' },
      { Key: 'stage', Value: '' },
    ];
    expect([made()?.KmsKeyId, made()?.Tags]).toEqual(['alias/playgate', tags]);
  });

  it('does not try again when it is not allowed to', async () => {
    manager.trouble = 'deny';
    await expect(vault.ping()).rejects.toMatchObject(unavailable);
    expect(manager.operations).toEqual(['GetSecretValue']);
  });

  it.each(['hang', 'stall'] as const)(
    'gives up in time on a service that does %s, and is back when it is',
    async (trouble) => {
      await vault.putPrivateKey(id, 'pem');
      manager.trouble = trouble;
      const hasty = openVault(manager.url, timeoutMs);
      const calls = [
        () => hasty.ping(),
        () => hasty.getPrivateKey(id),
        () => hasty.putPrivateKey(id, 'pem'),
        () => hasty.deletePrivateKey(id),
      ];
      const giveUp = (call: () => Promise<unknown>) =>
        expectWithin(timeoutMs + slackMs, () => expect(call()).rejects.toMatchObject(unavailable));
      await Promise.all(calls.map(giveUp));
      manager.trouble = 'none';
      await vault.ping();
    },
  );

  it('gives up at once where nothing listens', async () => {
    await manager.close();
    await expect(vault.ping()).rejects.toMatchObject(unavailable);
    manager = await startSecretsManager();
  });
});
