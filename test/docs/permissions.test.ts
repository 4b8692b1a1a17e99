/** That the policy in docs/deploy.md has every action of AWS that the code can call, and no other. */
import { expect, it } from 'vitest';
import { listFiles, read } from './documents.ts';

/** Called in laptop runs alone, against the local IVS; and by a person who sets the service up, with their own role. */
const notOfServices = ['src/adapters/ivs/private-channel.ts', 'src/adapters/ivs/list-channels.ts'];

/** Actions that a call needs beside its own: what it tags, and what AWS does on its behalf. */
const alsoNeeded = ['ivs:TagResource'];
/** Needed only with settings of their own, which say so. */
const withSettings = ['sts:AssumeRole', 'secretsmanager:TagResource', 'kms:GenerateDataKey', 'kms:Decrypt'];

function listCalled(): readonly string[] {
  const files = listFiles('src/adapters', '.ts').filter((path) => !notOfServices.includes(path));
  return files.flatMap((path) => {
    const source = read(path);
    const service = /@aws-sdk\/client-([a-z-]+)'/.exec(source)?.[1]?.replace('secrets-manager', 'secretsmanager');
    const commands = [...source.matchAll(/new (\w+)Command\(/g)].map(([, name]) => name);
    const paginated = [...source.matchAll(/\bpaginate(\w+)\(/g)].map(([, name]) => name);
    return [...commands, ...paginated].map((name) => `${service}:${name}`);
  });
}

it('the policy in docs/deploy.md allows what the code calls, and nothing else', () => {
  const called = new Set([...listCalled(), ...alsoNeeded].filter((action) => !withSettings.includes(action)));
  expect(called.size).toBeGreaterThan(10);
  const policy = /```json\n(\{\s+"Version": "2012-10-17"[\s\S]*?)\n```/.exec(read('docs/deploy.md'))?.[1] ?? '{}';
  const { Statement } = JSON.parse(policy) as { readonly Statement: readonly { readonly Action: readonly string[] }[] };
  expect(Statement.flatMap(({ Action }) => Action).toSorted()).toEqual([...called].toSorted());
});

it('what settings need beside it is said with them', () => {
  const settings = read('src/settings.ts');
  for (const action of withSettings) expect(settings).toContain(`\`${action}\``);
});
