/** The keys of one Playgate in Redis: every script and every read is given their prefix. */
import type { RedisConnection } from './connection.ts';
import type { ScriptName } from './scripts.ts';

/** Each method is one round trip, and rejects with `store_unavailable` when Redis does not answer in time. */
export interface Keyspace {
  /** Runs a script with its ARGV; what it answers stands at its head. */
  run(script: ScriptName, ...args: (string | number)[]): Promise<unknown>;
  /** The string at a key, which is named without the prefix. Null when there is none. */
  getString(key: string): Promise<string | null>;
  /** The fields of the hash at a key, which is named without the prefix. None when it is not there. */
  getHash(key: string): Promise<Readonly<Record<string, string>>>;
}

/** Binds the keys that begin with the prefix. */
export function createKeyspace(connection: RedisConnection, prefix: string): Keyspace {
  return {
    run: (script, ...args) => connection.run((client) => client[script](prefix, ...args)),
    getString: (key) => connection.run((client) => client.get(`${prefix}${key}`)),
    getHash: (key) => connection.run((client) => client.hgetall(`${prefix}${key}`)),
  };
}
