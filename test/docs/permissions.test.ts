/** That the policy in the README allows what the code asks of AWS, and nothing more. */
import { expect, it } from 'vitest';
import { listFiles, read } from './documents.ts';

const services = { ivs: 'ivs', 'secrets-manager': 'secretsmanager' };

/** Allowed without being a command of its own: importing a key pair with tags asks for it too. */
const alongWithOthers = ['ivs:TagResource'];

/** Not allowed: what prepares the channel of a laptop run, which has the local IVS and no account. */
const laptopOnly = ['ivs:ListChannels', 'ivs:CreateChannel'];

/** The action behind each command and each paginator that the source imports. */
function listAskedFor(): string[] {
  const sources = listFiles('src', '.ts').map(read);
  return Object.entries(services).flatMap(([client, prefix]) =>
    sources
      .flatMap((source) => [
        ...source.matchAll(new RegExp(`import \\{([^}]*)\\} from '@aws-sdk/client-${client}'`, 'g')),
      ])
      .flatMap(([, names = '']) => [...names.matchAll(/\b(?:paginate(\w+)|(\w+)Command)\b/g)])
      .map(([, paginated, command]) => `${prefix}:${paginated ?? command}`),
  );
}

it('the policy in the README allows every action that the code asks for, and no other', () => {
  const asked = new Set(listAskedFor());
  expect(asked.size).toBeGreaterThan(8);
  expect(laptopOnly.filter((action) => !asked.has(action))).toEqual([]);
  const [policy = ''] = /^\{\n {2}"Version".*?^\}/ms.exec(read('README.md')) ?? [];
  const allowed = JSON.parse(policy).Statement.flatMap(({ Action }: { Action: string[] }) => Action);
  const needed = [...asked, ...alongWithOthers].filter((action) => !laptopOnly.includes(action));
  expect(allowed.toSorted()).toEqual(needed.toSorted());
});
