/** Runs `npm run local-ivs` as a process of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const main = fileURLToPath(new URL('../../src/local-ivs/main.ts', import.meta.url));

export type MainProcess = ChildProcessByStdio<null, Readable, Readable>;

/** Starts it on a free port unless the environment says otherwise. It ends with the test. */
export function startMain(env: Readonly<Record<string, string>>): MainProcess {
  return start(process.execPath, [main], env);
}

/** The same through a shell that first does what is told; `"$@"` in it is the command. */
export function startMainInShell(script: string, env: Readonly<Record<string, string>>): MainProcess {
  return start('bash', ['-c', script, 'bash', process.execPath, main], env);
}

function start(command: string, args: readonly string[], env: Readonly<Record<string, string>>): MainProcess {
  const settings = { ...process.env, LOCAL_IVS_PORT: '0', ...env };
  const child = spawn(command, args, { env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Resolves with the URL that it prints. */
export async function readUrl({ stdout }: MainProcess): Promise<string> {
  const [url = ''] = await readPrinted(stdout, /http:\/\/127\.0\.0\.1:\d+(?=\/_local)/);
  return url;
}

/** Resolves with the first match of a pattern in what it prints. The stream can be read on from there. */
export async function readPrinted(stdout: Readable, pattern: RegExp): Promise<RegExpExecArray> {
  let printed = '';
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    printed += chunk;
    const found = pattern.exec(printed);
    if (found) return found;
  }
  throw new Error(`It ended without ${pattern}: ${printed}`);
}

/** Calls an operation without an SDK; what it answered. */
export async function call(url: string, operation: string, input: object) {
  const headers = {
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKID/20261120/us-west-2/ivs/aws4_request, SignedHeaders=host, Signature=ab',
    'x-amz-date': '20261120T120000Z',
    'content-type': 'application/json',
  };
  const response = await fetch(`${url}/${operation}`, { method: 'POST', headers, body: JSON.stringify(input) });
  return { status: response.status, body: await response.json() };
}
