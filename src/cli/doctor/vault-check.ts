/** Whether the vault keeps, gives and deletes a private key: with a text that is none, and is gone afterwards. */
import { statSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { keyPairIdSchema } from '../../ids.ts';
import type { Vault } from '../../keys/ports.ts';
import { createFindingsOf, type Finding, toCause } from './finding.ts';

const { ok, problem } = createFindingsOf('vault');
const probe = 'no key: playgate doctor tries the vault';

/** Writes it, reads it, deletes it. */
export async function checkVault(config: Config['vault'], vault: Vault): Promise<readonly Finding[]> {
  const id = keyPairIdSchema.parse(`key_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`);
  const steps = [
    { does: 'keep', action: 'secretsmanager:CreateSecret', run: () => vault.putPrivateKey(id, probe) },
    { does: 'give', action: 'secretsmanager:GetSecretValue', run: async () => readBack(await vault.getPrivateKey(id)) },
    { does: 'delete', action: 'secretsmanager:DeleteSecret', run: () => vault.deletePrivateKey(id) },
  ];
  const findings: Finding[] = [];
  for (const { does, action, run } of steps) {
    const error = await run().then(
      () => undefined,
      (thrown: unknown) => thrown ?? new Error('unknown'),
    );
    if (error === undefined) continue;
    findings.push(problem(`does not ${does} a private key: ${toCause(error)}`, toMend(config, action, id)));
    // What was not kept can be neither given nor deleted.
    if (does === 'keep') break;
  }
  return findings.length > 0
    ? findings
    : [...findOpen(config), ok(`keeps, gives and deletes private keys in ${toPlace(config)}`)];
}

function readBack(read: string | undefined): void {
  if (read !== probe) throw new Error('it gives back another text than it was given');
}

function toPlace(config: Config['vault']): string {
  return config.kind === 'directory' ? config.directory : `Secrets Manager of ${config.region}`;
}

function toMend(config: Config['vault'], action: string, id: string): string {
  if (config.kind === 'directory') return `give the user of the service the right: chmod 700 ${config.directory}`;
  const left = action === 'secretsmanager:CreateSecret' ? '' : `; then delete the secret ${config.prefix}keys/${id}`;
  return `allow the role ${action} on secret:${config.prefix}keys/* (and its KMS key, if it has its own)${left}`;
}

function findOpen(config: Config['vault']): readonly Finding[] {
  if (config.kind !== 'directory' || (statSync(config.directory).mode & 0o077) === 0) return [];
  return [problem(`others than its owner may look into ${config.directory}`, `chmod 700 ${config.directory}`)];
}
