/**
 * What Redis does atomically: the scripts of the folder `scripts`, one file each. `docs/storage.md` describes every key.
 *
 * Each script gets the prefix of all keys as its one KEYS entry and builds the names of the others from it. The prefix holds
 * the hash tag, so in a cluster all of them live in the slot that Redis routed the call to.
 */

/** The shared part: what the keys of scopes are called, and what their floors and blocks say. */
const sharedPart = 'scopes';

/** Every script by name, with the files that make it up, in order. */
export const scriptFiles = {
  'load-issuance': [sharedPart, 'load-issuance'],
  'record-session': [sharedPart, 'record-session'],
  'record-revocation': [sharedPart, 'record-revocation'],
  'lift-block': [sharedPart, 'lift-block'],
  'list-revocations': ['list-revocations'],
  'claim-deliveries': ['claim-deliveries'],
  'settle-deliveries': ['settle-deliveries'],
  'put-record': ['put-record'],
  'delete-record': ['delete-record'],
  'list-records': ['list-records'],
  'put-channel': ['put-channel'],
  'delete-channel': ['delete-channel'],
  'delete-policy': ['delete-policy'],
  'mark-imported': ['mark-imported'],
  'retire-key-pair': ['retire-key-pair'],
} as const;

export type ScriptName = keyof typeof scriptFiles;
export type ScriptFile = (typeof scriptFiles)[ScriptName][number];

/** The Lua in each file. Where it comes from differs by runtime: see `loadScripts` and `bundledScripts`. */
export type ScriptTexts = Readonly<Record<ScriptFile, string>>;

/** The Lua of a whole script. */
export function toScript(files: readonly ScriptFile[], texts: ScriptTexts): string {
  return files.map((file) => texts[file]).join('\n');
}
