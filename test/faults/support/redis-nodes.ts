/** What several Redis servers say of themselves: fields of INFO, and waiting for one to be as it should. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RedisProcess } from './redis-process.ts';

const pollMs = 100;

/** A field of `INFO replication`, such as `role`; undefined when the server does not answer, or has none. */
export async function findReplicationField(server: RedisProcess, name: string): Promise<string | undefined> {
  const info = await server.command('INFO', 'replication').catch(() => '');
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(String(info))?.[1];
}

/** Waits until it is so. Throws when it is not in time; the message says what was waited for. */
export async function waitUntil(what: string, isSo: () => Promise<boolean>, patienceMs: number): Promise<void> {
  for (const deadline = performance.now() + patienceMs; performance.now() < deadline; await sleep(pollMs))
    if (await isSo()) return;
  throw new Error(`waited ${patienceMs} ms for this in vain: ${what}`);
}

/** Whether so many replicas follow the server and have all that it has. */
export async function hasReplicas(server: RedisProcess, count: number): Promise<boolean> {
  const info = String(await server.command('INFO', 'replication').catch(() => ''));
  const online = info.match(/^slave\d+:.*state=online.*$/gm) ?? [];
  return online.length >= count;
}
