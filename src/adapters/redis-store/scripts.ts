/**
 * What Redis does atomically: the scripts of the folder `scripts`, one file each. `docs/storage.md` describes every key.
 *
 * Each script gets one KEYS entry, the prefix of home or of one cell, and builds the names of its keys from it. The prefix holds
 * the hash tag, so in a cluster all of them live in the slot that Redis routed the call to.
 */
import { clockSetBackMicros } from '../../limits/gcra.ts';
import { sessionLifetimeSeconds } from '../../revocations/delivery.ts';
import { maxBlocks } from '../../revocations/ports.ts';
import { clockAllowanceSeconds, neverLifts } from '../../revocations/scopes.ts';
import { maxNamedChannels } from '../../stats/record.ts';
import { maxChannelsPerViewer } from '../../tokens/ports.ts';
import {
  floorLifetimeSeconds,
  idempotencyLifetimeSeconds,
  maxListedRevocations,
  recordLifetimeSeconds,
  statsHourLifetimeSeconds,
  statsSourceLifetimeSeconds,
} from '../retention.ts';

/**
 * The shared parts: what a viewer's record says; how limits are spent; which devices there are, and what ends those replaced; how
 * deliveries are queued; which job is next; how decisions are kept and listed; what a writer has seen; how it is
 * audited.
 */
const [viewer, limits, devices, ending] = ['viewer', 'limits', 'devices', 'ending'] as const;
const [queue, jobLine, decision, expected] = ['queue', 'job-line', 'decision', 'expected'] as const;
const audit = 'audit';

/** Every script by name, with the files that make it up, in order. */
export const scriptFiles = {
  'load-issuance': ['load-issuance'],
  'record-session': [viewer, limits, devices, ending, 'record-session'],
  'end-replaced': [ending, 'end-replaced'],
  'spend-limits': [limits, 'spend-limits'],
  'begin-revocation': [queue, audit, decision, 'begin-revocation'],
  'add-viewers': [queue, audit, decision, 'add-viewers'],
  'apply-revocation': [viewer, 'apply-revocation'],
  'finish-revocation': [queue, audit, decision, 'finish-revocation'],
  'abandon-revocation': [queue, audit, decision, 'abandon-revocation'],
  'revoke-channel': [queue, audit, decision, 'revoke-channel'],
  'begin-lifting': [queue, audit, decision, 'begin-lifting'],
  'lift-blocks': [viewer, 'lift-blocks'],
  'begin-viewer-lifting': [queue, audit, decision, 'begin-viewer-lifting'],
  'finish-lifting': [queue, audit, decision, 'finish-lifting'],
  'list-intents': [queue, audit, decision, 'list-intents'],
  'touch-intent': [queue, audit, decision, 'touch-intent'],
  'list-viewers': [queue, audit, decision, 'list-viewers'],
  'list-revocations': [queue, audit, decision, 'list-revocations'],
  'find-blocked': [viewer, 'find-blocked'],
  'count-ledger': [viewer, 'count-ledger'],
  'count-viewers': [viewer, 'count-viewers'],
  'count-sessions': [viewer, 'count-sessions'],
  'claim-deliveries': [queue, jobLine, 'claim-deliveries'],
  'advance-job': [queue, jobLine, 'advance-job'],
  'pass-job': [queue, jobLine, 'pass-job'],
  'release-pace': ['release-pace'],
  'find-ledger-sets': [viewer, 'find-ledger-sets'],
  'walk-ledger': [viewer, 'walk-ledger'],
  'walk-list': ['walk-list'],
  'find-own-floors': [viewer, 'find-own-floors'],
  'settle-deliveries': [queue, 'settle-deliveries'],
  'count-deliveries': [queue, 'count-deliveries'],
  'list-failed': ['list-failed'],
  'retry-failed': [queue, audit, 'retry-failed'],
  'list-records': ['list-records'],
  'note-client-use': ['note-client-use'],
  'find-client-uses': ['find-client-uses'],
  'put-record': [expected, audit, 'put-record'],
  'delete-record': [expected, audit, 'delete-record'],
  'put-channel': [expected, audit, 'put-channel'],
  'delete-channel': [expected, audit, 'delete-channel'],
  'delete-policy': [expected, audit, 'delete-policy'],
  'replace-keys': [audit, 'replace-keys'],
  'add-stats': ['add-stats'],
  'append-audit': [audit, 'append-audit'],
  'list-audit': ['list-audit'],
} as const;

export type ScriptName = keyof typeof scriptFiles;
export type ScriptFile = (typeof scriptFiles)[ScriptName][number];

/** The Lua in each file. Where it comes from differs by runtime: see `loadScripts` and `bundledScripts`. */
export type ScriptTexts = Readonly<Record<ScriptFile, string>>;

/** The numbers that every script knows, each stated where the domain or `retention.ts` states it. NEVER is in unix seconds. */
const constants = {
  SESSION_SECONDS: sessionLifetimeSeconds,
  FLOOR_SECONDS: floorLifetimeSeconds,
  RECORD_SECONDS: recordLifetimeSeconds,
  ALLOWANCE_SECONDS: clockAllowanceSeconds,
  IDEMPOTENCY_SECONDS: idempotencyLifetimeSeconds,
  NEVER: neverLifts,
  MAX_CHANNELS: maxChannelsPerViewer,
  MAX_BLOCKS: maxBlocks,
  MAX_LISTED: maxListedRevocations,
  STATS_SECONDS: statsHourLifetimeSeconds,
  STATS_SOURCE_SECONDS: statsSourceLifetimeSeconds,
  MAX_NAMED: maxNamedChannels,
  CLOCK_SET_BACK: clockSetBackMicros,
};

/** The Lua of a whole script: the constants, then its files. */
export function toScript(files: readonly ScriptFile[], texts: ScriptTexts): string {
  const head = `local ${Object.keys(constants).join(', ')} = ${Object.values(constants).join(', ')}`;
  return [head, ...files.map((file) => texts[file])].join('\n');
}
