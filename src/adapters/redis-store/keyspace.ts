/** The keys of one Playgate in Redis: every script and every read is given the prefix of home or of a cell. */
import { createHash } from 'node:crypto';
import type { ViewerId } from '../../ids.ts';
import { cellCount, toCell, toCellPrefix, toHomePrefix } from './cells.ts';
import type { RedisClient } from './client.ts';
import type { RedisConnection } from './connection.ts';
import { type ScriptName, type ScriptTexts, scriptFiles, toScript } from './scripts.ts';

type ScriptArgument = string | number;
type Fields = Readonly<Record<string, string>>;

/** Scripts at home and in the cells; what each answers stands at its head. A cell is named by its number or by a viewer in it. */
interface Scripts {
  home(script: ScriptName, ...args: readonly ScriptArgument[]): Promise<unknown>;
  cell(cell: ViewerId | number, script: ScriptName, ...args: readonly ScriptArgument[]): Promise<unknown>;
}

/** Keys of home are named without the prefix. Each method rejects with `store_unavailable` when Redis does not answer in time. */
export interface Keyspace extends Scripts {
  /** Null when there is none. */
  getString(key: string): Promise<string | null>;
  /** No fields when it is not there. */
  getHash(key: string): Promise<Fields>;
  /** The fields of a viewer's record, which `viewer.lua` describes. */
  getViewer(viewerId: ViewerId): Promise<Fields>;
  /** A script at home, and the viewer's record at the same time: one round trip where both go to one server. */
  homeWithViewer(
    viewerId: ViewerId,
    script: ScriptName,
    ...args: readonly ScriptArgument[]
  ): Promise<readonly [unknown, Fields]>;
  /** A script in the viewer's cell, *and then* a hash at home: in one round trip where one server keeps them in this order. */
  cellThenHash(
    viewerId: ViewerId,
    key: string,
    script: ScriptName,
    ...args: readonly ScriptArgument[]
  ): Promise<readonly [unknown, Fields]>;
  /** For scripts that change a decision: they resolve when it is as durable as is set. */
  readonly durable: Scripts;
}

/** Binds the keys of the Playgate of this name. */
export function createKeyspace(connection: RedisConnection, name: string, texts: ScriptTexts): Keyspace {
  const homePrefix = toHomePrefix(name);
  const cellPrefixes = Array.from({ length: cellCount }, (_, cell) => toCellPrefix(name, cell));
  const toPrefix = (cell: ViewerId | number) => String(cellPrefixes[typeof cell === 'number' ? cell : toCell(cell)]);
  const getViewer = (client: RedisClient, viewerId: ViewerId) => client.hgetall(`${toPrefix(viewerId)}v:${viewerId}`);
  const hashes = toHashes(texts);
  return {
    home: (script, ...args) => connection.run((client) => client[script](homePrefix, ...args)),
    cell: (cell, script, ...args) => connection.run((client) => client[script](toPrefix(cell), ...args)),
    getString: (key) => connection.run((client) => client.get(homePrefix + key)),
    getHash: (key) => connection.run((client) => client.hgetall(homePrefix + key)),
    getViewer: (viewerId) => connection.run((client) => getViewer(client, viewerId)),
    homeWithViewer: (viewerId, script, ...args) =>
      connection.run((client) => Promise.all([client[script](homePrefix, ...args), getViewer(client, viewerId)])),
    cellThenHash: (viewerId, key, script, ...args) =>
      connection.run(async (client) => {
        const [prefix, hash] = [toPrefix(viewerId), hashes.get(script) ?? ''];
        if (!connection.isCluster)
          try {
            return await Promise.all([client.evalsha(hash, 1, prefix, ...args), client.hgetall(homePrefix + key)]);
          } catch (error) {
            if (!isUnknownScript(error)) throw error;
          }
        // The client would send a script again that Redis has forgotten, but behind the read.
        const answer = await client[script](prefix, ...args);
        return [answer, await client.hgetall(homePrefix + key)];
      }),
    durable: {
      home: (script, ...args) => connection.runDurably(homePrefix, (client) => client[script](homePrefix, ...args)),
      cell: (cell, script, ...args) => {
        const prefix = toPrefix(cell);
        return connection.runDurably(prefix, (client) => client[script](prefix, ...args));
      },
    },
  };
}

/** What Redis knows each script by. */
function toHashes(texts: ScriptTexts): ReadonlyMap<string, string> {
  const scripts = Object.entries(scriptFiles);
  return new Map(
    scripts.map(([name, files]) => [name, createHash('sha1').update(toScript(files, texts)).digest('hex')]),
  );
}

function isUnknownScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}
