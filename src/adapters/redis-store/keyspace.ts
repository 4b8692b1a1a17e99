/** The keys of one Playgate in Redis: every script and every read is given the prefix of home or of a cell. */
import { type AuditRetention, usualRetention } from '../../audit/ports.ts';
import type { ViewerId } from '../../ids.ts';
import { createToAuditArgument, type ToAuditArgument } from './audit-argument.ts';
import { cellCount, toCell, toCellPrefix, toHomePrefix } from './cells.ts';
import type { RedisConnection } from './connection.ts';
import type { ScriptName } from './scripts.ts';

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
  /** Whether the set has it. */
  isMember(key: string, member: string): Promise<boolean>;
  /** The fields of a viewer's record, which `viewer.lua` describes. */
  getViewer(viewerId: ViewerId): Promise<Fields>;
  /** Whether home and the cells may lie on different servers, so that no script reaches both. */
  readonly isCluster: boolean;
  /** The whole names of a viewer's record and of a key at home: what a script may be given where one server has both. */
  toViewerKey(viewerId: ViewerId): string;
  toHomeKey(key: string): string;
  readonly toAuditArgument: ToAuditArgument;
  /** For scripts that change what an operator decided: they resolve when it is as durable as is set. */
  readonly durable: Scripts;
}

/** Binds the keys of the Playgate of this name. */
export function createKeyspace(
  connection: RedisConnection,
  name: string,
  retention: AuditRetention = usualRetention,
): Keyspace {
  const homePrefix = toHomePrefix(name);
  const cellPrefixes = Array.from({ length: cellCount }, (_, cell) => toCellPrefix(name, cell));
  const toPrefix = (cell: ViewerId | number) => String(cellPrefixes[typeof cell === 'number' ? cell : toCell(cell)]);
  const toViewerKey = (viewerId: ViewerId) => `${toPrefix(viewerId)}v:${viewerId}`;
  return {
    home: (script, ...args) => connection.run((client) => client[script](homePrefix, ...args)),
    cell: (cell, script, ...args) => connection.run((client) => client[script](toPrefix(cell), ...args)),
    getString: (key) => connection.run((client) => client.get(homePrefix + key)),
    getHash: (key) => connection.run((client) => client.hgetall(homePrefix + key)),
    isMember: async (key, member) =>
      (await connection.run((client) => client.sismember(homePrefix + key, member))) === 1,
    getViewer: (viewerId) => connection.run((client) => client.hgetall(toViewerKey(viewerId))),
    isCluster: connection.isCluster,
    toViewerKey,
    toHomeKey: (key) => homePrefix + key,
    toAuditArgument: createToAuditArgument(retention),
    durable: {
      home: (script, ...args) => connection.runDurably(homePrefix, (client) => client[script](homePrefix, ...args)),
      cell: (cell, script, ...args) => {
        const prefix = toPrefix(cell);
        return connection.runDurably(prefix, (client) => client[script](prefix, ...args));
      },
    },
  };
}
