/** Scripts for tests of the connection, which does not care what runs in Redis. */
import { type ScriptFile, type ScriptTexts, scriptFiles } from '../../src/adapters/redis-store/scripts.ts';

/** Each script of the store, of which every one writes and answers its first ARGV. */
export function createPlainScripts(): ScriptTexts {
  const lua = "redis.call('SET', KEYS[1] .. 'written', ARGV[1]) return ARGV[1]";
  const texts: Partial<Record<ScriptFile, string>> = {};
  for (const [first, ...others] of Object.values(scriptFiles).map((files): ScriptFile[] => [...files].toReversed())) {
    if (first !== undefined) texts[first] = lua;
    for (const file of others) texts[file] ??= '';
  }
  // Every file is in a script, which `Object.values` does not say.
  return texts as ScriptTexts;
}
