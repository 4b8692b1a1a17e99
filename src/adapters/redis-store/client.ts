/** The ioredis client, with a command for each of our scripts. It holds no queue while Redis is away, and sends nothing twice. */
import { Redis } from 'ioredis';
import { type ScriptName, type ScriptTexts, scriptFiles, toScript } from './scripts.ts';

type ScriptRunner = Readonly<Record<ScriptName, (...args: (string | number)[]) => Promise<unknown>>>;
/** An ioredis client with a method for each of our scripts: the prefix of all keys goes first, then the ARGV. */
export type RedisClient = Redis & ScriptRunner;

/** Between two tries to connect again. */
const maxReconnectDelayMs = 500;

/** A client of the Redis at a URL, which connects when it is told to. `timeoutMs` is for connecting and for each command. */
export function createRedisClient(url: string, timeoutMs: number, scripts: ScriptTexts): RedisClient {
  // The client makes a method of each script that it is given, which its type does not say.
  return new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: timeoutMs,
    connectTimeout: timeoutMs,
    retryStrategy: (times) => Math.min(50 * times, maxReconnectDelayMs),
    enableAutoPipelining: true,
    scripts: toCommands(scripts),
  }) as RedisClient;
}

/** What the client makes a command of for each script: it sends the script's hash, and the script itself where Redis lacks it. */
function toCommands(texts: ScriptTexts): Record<string, { readonly lua: string; readonly numberOfKeys: number }> {
  const commands = Object.entries(scriptFiles).map(([name, files]) => [
    name,
    { lua: toScript(files, texts), numberOfKeys: 1 },
  ]);
  return Object.fromEntries(commands);
}
