/** `npm run local-ivs` as a process: start, settings, end. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, readUrl, startMain } from './main-process.ts';

describe('npm run local-ivs', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('says where it is, answers, and exits 0 on %s', async (signal) => {
    const child = startMain({});
    const url = await readUrl(child);
    expect((await fetch(`${url}/_local/`)).status).toBe(200);
    // A connection that is kept open and idle must not hold up the end.
    const idle = connect(Number(new URL(url).port), '127.0.0.1');
    await once(idle, 'connect');
    const ended = once(child, 'exit');
    child.kill(signal);
    expect(await ended).toEqual([0, null]);
    idle.destroy();
  });

  it('names every wrong setting, without its value, and exits 1', async () => {
    const child = startMain({
      LOCAL_IVS_PORT: '99999',
      LOCAL_IVS_THROTTLING: 'maybe',
      LOCAL_IVS_CREDENTIALS: 'hunter2',
    });
    const ended = once(child, 'exit');
    const errors = await text(child.stderr);
    expect(await ended).toEqual([1, null]);
    for (const name of ['LOCAL_IVS_PORT', 'LOCAL_IVS_THROTTLING', 'LOCAL_IVS_CREDENTIALS'])
      expect(errors).toContain(name);
    expect(errors).not.toContain('hunter2');
    expect(errors).not.toMatch(/^ +at /m);
  });

  it('says in one line that its port is taken', async () => {
    const url = await readUrl(startMain({}));
    const child = startMain({ LOCAL_IVS_PORT: new URL(url).port });
    const ended = once(child, 'exit');
    expect(await text(child.stderr)).toMatch(/^LOCAL_IVS_PORT: [^\n]*EADDRINUSE[^\n]*set another port\.\n$/);
    expect(await ended).toEqual([1, null]);
  });

  it.each(['/proc/x/y.json', tmpdir(), process.execPath])(
    'says in one line that it cannot keep its state in %s',
    async (file) => {
      const child = startMain({ LOCAL_IVS_DATA: file });
      const ended = once(child, 'exit');
      expect(await text(child.stderr)).toMatch(/^LOCAL_IVS_DATA: [^\n]*(Name|Move)[^\n]*\n$/);
      expect(await ended).toEqual([1, null]);
    },
  );

  it('says in one line that its host is no address of this machine', async () => {
    const child = startMain({ LOCAL_IVS_HOST: '192.0.2.1' });
    const ended = once(child, 'exit');
    expect(await text(child.stderr)).toMatch(/^LOCAL_IVS_HOST: [^\n]*Set an address of this machine[^\n]*\n$/);
    expect(await ended).toEqual([1, null]);
  });

  it('on every address of the machine says one that can be used, and answers to the names that are set', async () => {
    const url = await readUrl(startMain({ LOCAL_IVS_HOST: '0.0.0.0', LOCAL_IVS_ALLOWED_HOSTS: 'ivs,ivs.test' }));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const askAs = async (host: string) => {
      const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
      get(`${url}/_local/`, { headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
      return promise;
    };
    expect(await Promise.all(['ivs:8788', 'IVS.test', 'localhost', 'ivs.evil', 'other'].map(askAs))).toEqual([
      ...[200, 200, 200, 403, 403],
    ]);
  });

  it('verifies signatures when credentials are given', async () => {
    const url = await readUrl(startMain({ LOCAL_IVS_CREDENTIALS: 'AKID:secret,OTHER:other/key+1=' }));
    const headers = {
      authorization:
        'AWS4-HMAC-SHA256 Credential=OTHER/20261120/us-west-2/ivs/aws4_request, SignedHeaders=host, Signature=ab',
      'x-amz-date': '20261120T120000Z',
    };
    const response = await fetch(`${url}/ListChannels`, { method: 'POST', headers });
    expect(response.headers.get('x-amzn-errortype')).toBe('InvalidSignatureException');
  });

  it('has every channel that it answered for after it was killed in the middle of its work', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'local-ivs-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const env = { LOCAL_IVS_DATA: join(directory, 'state.db'), LOCAL_IVS_THROTTLING: 'off' };
    const child = startMain(env);
    const url = await readUrl(child);
    const answered: string[] = [];
    const create = async (): Promise<void> => {
      answered.push((await call(url, 'CreateChannel', {})).body.channel.arn);
      if (answered.length === 25) child.kill('SIGKILL');
      await create();
    };
    await Promise.allSettled([create(), create(), create()]);
    expect(answered.length).toBeGreaterThanOrEqual(25);
    const restarted = await readUrl(startMain(env));
    const { body } = await call(restarted, 'BatchGetChannel', { arns: answered.slice(-50) });
    expect(body.errors).toEqual([]);
    expect(body.channels).toHaveLength(Math.min(answered.length, 50));
  });
});
