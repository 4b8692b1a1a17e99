/** The scripts as a Worker has them: it has no files, so the bundle holds their text (`[[rules]]` of `wrangler.toml`). */
/// <reference path="./lua.d.ts" />
import abandonRevocation from './scripts/abandon-revocation.lua';
import addStats from './scripts/add-stats.lua';
import addViewers from './scripts/add-viewers.lua';
import advanceJob from './scripts/advance-job.lua';
import appendAudit from './scripts/append-audit.lua';
import applyRevocation from './scripts/apply-revocation.lua';
import audit from './scripts/audit.lua';
import beginLifting from './scripts/begin-lifting.lua';
import beginRevocation from './scripts/begin-revocation.lua';
import beginViewerLifting from './scripts/begin-viewer-lifting.lua';
import claimDeliveries from './scripts/claim-deliveries.lua';
import countDeliveries from './scripts/count-deliveries.lua';
import countLedger from './scripts/count-ledger.lua';
import countSessions from './scripts/count-sessions.lua';
import countViewers from './scripts/count-viewers.lua';
import decision from './scripts/decision.lua';
import deleteChannel from './scripts/delete-channel.lua';
import deletePolicy from './scripts/delete-policy.lua';
import deleteRecord from './scripts/delete-record.lua';
import devices from './scripts/devices.lua';
import endReplaced from './scripts/end-replaced.lua';
import ending from './scripts/ending.lua';
import expected from './scripts/expected.lua';
import findBlocked from './scripts/find-blocked.lua';
import findClientUses from './scripts/find-client-uses.lua';
import findLedgerSets from './scripts/find-ledger-sets.lua';
import findOwnFloors from './scripts/find-own-floors.lua';
import finishLifting from './scripts/finish-lifting.lua';
import finishRevocation from './scripts/finish-revocation.lua';
import jobLine from './scripts/job-line.lua';
import liftBlocks from './scripts/lift-blocks.lua';
import limits from './scripts/limits.lua';
import listAudit from './scripts/list-audit.lua';
import listFailed from './scripts/list-failed.lua';
import listIntents from './scripts/list-intents.lua';
import listRecords from './scripts/list-records.lua';
import listRevocations from './scripts/list-revocations.lua';
import listViewers from './scripts/list-viewers.lua';
import loadIssuance from './scripts/load-issuance.lua';
import noteClientUse from './scripts/note-client-use.lua';
import passJob from './scripts/pass-job.lua';
import putChannel from './scripts/put-channel.lua';
import putRecord from './scripts/put-record.lua';
import queue from './scripts/queue.lua';
import recordSession from './scripts/record-session.lua';
import releasePace from './scripts/release-pace.lua';
import replaceKeys from './scripts/replace-keys.lua';
import retryFailed from './scripts/retry-failed.lua';
import revokeChannel from './scripts/revoke-channel.lua';
import settleDeliveries from './scripts/settle-deliveries.lua';
import spendLimits from './scripts/spend-limits.lua';
import touchIntent from './scripts/touch-intent.lua';
import viewer from './scripts/viewer.lua';
import walkLedger from './scripts/walk-ledger.lua';
import walkList from './scripts/walk-list.lua';
import type { ScriptTexts } from './scripts.ts';

/** Every file. One that is left out does not compile; one that is not there fails the build. */
export const bundledScripts: ScriptTexts = {
  'abandon-revocation': abandonRevocation,
  'add-stats': addStats,
  'add-viewers': addViewers,
  'advance-job': advanceJob,
  'append-audit': appendAudit,
  'apply-revocation': applyRevocation,
  audit,
  'begin-lifting': beginLifting,
  'begin-revocation': beginRevocation,
  'begin-viewer-lifting': beginViewerLifting,
  'claim-deliveries': claimDeliveries,
  'count-deliveries': countDeliveries,
  'count-ledger': countLedger,
  'count-sessions': countSessions,
  'count-viewers': countViewers,
  decision,
  'delete-channel': deleteChannel,
  'delete-policy': deletePolicy,
  'delete-record': deleteRecord,
  devices,
  'end-replaced': endReplaced,
  ending,
  expected,
  'find-blocked': findBlocked,
  'find-client-uses': findClientUses,
  'find-ledger-sets': findLedgerSets,
  'find-own-floors': findOwnFloors,
  'finish-lifting': finishLifting,
  'finish-revocation': finishRevocation,
  'job-line': jobLine,
  'lift-blocks': liftBlocks,
  limits,
  'list-audit': listAudit,
  'list-failed': listFailed,
  'list-intents': listIntents,
  'list-records': listRecords,
  'list-revocations': listRevocations,
  'list-viewers': listViewers,
  'load-issuance': loadIssuance,
  'note-client-use': noteClientUse,
  'pass-job': passJob,
  'put-channel': putChannel,
  'put-record': putRecord,
  queue,
  'record-session': recordSession,
  'release-pace': releasePace,
  'replace-keys': replaceKeys,
  'retry-failed': retryFailed,
  'revoke-channel': revokeChannel,
  'settle-deliveries': settleDeliveries,
  'spend-limits': spendLimits,
  'touch-intent': touchIntent,
  viewer,
  'walk-ledger': walkLedger,
  'walk-list': walkList,
};
