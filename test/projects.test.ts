/** That a unit test is one: it starts no program, stays on this machine, and learns at once that it must. */
import { spawn, spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { connect } from 'node:net';
import { matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projects } from './projects.ts';
import { startNodeService } from './support/node-service.ts';
import { sharedRedisUrl } from './support/shared-redis-url.ts';

const files = globSync('test/**/*.test.ts');
const projectsOf = (file: string) =>
  projects
    .filter(({ include }) => include.some((glob) => matchesGlob(file, glob)))
    .filter(({ exclude }) => !exclude.some((glob) => matchesGlob(file, glob)))
    .map(({ name }) => name);

describe('a test file', () => {
  it('is in exactly one project', () => {
    expect(files.length).toBeGreaterThan(80);
    for (const file of files) expect([file, ...projectsOf(file)]).toHaveLength(2);
  });

  it('is found in the project where its folder or its name puts it', () => {
    expect(projectsOf('test/tokens/issue.test.ts')).toEqual(['unit']);
    expect(projectsOf('test/adapters/redis-store/outage.test.ts')).toEqual(['redis-store']);
    expect(projectsOf('test/local-ivs/edge/player.browser.test.ts')).toEqual(['browser']);
    expect(projectsOf('test/black-box/instances.test.ts')).toEqual(['black-box']);
  });
});

describe('a unit test', () => {
  it('that starts a program fails at once, and is told where to go', async () => {
    const refusal = /A unit test starts no program/;
    expect(() => spawn(process.execPath)).toThrow(refusal);
    expect(() => spawnSync(process.execPath)).toThrow(refusal);
    await expect(startNodeService({})).rejects.toThrow(refusal);
  });

  it('that connects to another machine fails at once, and is told where to go', async () => {
    const refusal = /A unit test stays on this machine/;
    // An address for documentation (RFC 5737), where nobody is.
    expect(() => connect(80, '192.0.2.1')).toThrow(refusal);
    expect(() => connect({ port: 80, host: 'tv.example' })).toThrow(refusal);
    await expect(fetch('http://192.0.2.1/')).rejects.toMatchObject({
      cause: { message: expect.stringMatching(refusal) },
    });
  });

  it('that asks for the shared Redis fails at once, and is told where to go', () => {
    expect(sharedRedisUrl).toThrow(/This project has no Redis/);
  });
});
