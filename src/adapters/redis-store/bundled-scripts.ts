/** The scripts as a Worker has them: it has no files, so the bundle holds their text (`[[rules]]` of `wrangler.toml`). */
/// <reference path="./lua.d.ts" />
import claimDeliveries from './scripts/claim-deliveries.lua';
import deleteChannel from './scripts/delete-channel.lua';
import deletePolicy from './scripts/delete-policy.lua';
import deleteRecord from './scripts/delete-record.lua';
import liftBlock from './scripts/lift-block.lua';
import listRecords from './scripts/list-records.lua';
import listRevocations from './scripts/list-revocations.lua';
import loadIssuance from './scripts/load-issuance.lua';
import markImported from './scripts/mark-imported.lua';
import putChannel from './scripts/put-channel.lua';
import putRecord from './scripts/put-record.lua';
import recordRevocation from './scripts/record-revocation.lua';
import recordSession from './scripts/record-session.lua';
import retireKeyPair from './scripts/retire-key-pair.lua';
import scopes from './scripts/scopes.lua';
import settleDeliveries from './scripts/settle-deliveries.lua';
import type { ScriptTexts } from './scripts.ts';

/** Every file. One that is left out does not compile; one that is not there fails the build. */
export const bundledScripts: ScriptTexts = {
  'claim-deliveries': claimDeliveries,
  'delete-channel': deleteChannel,
  'delete-policy': deletePolicy,
  'delete-record': deleteRecord,
  'lift-block': liftBlock,
  'list-records': listRecords,
  'list-revocations': listRevocations,
  'load-issuance': loadIssuance,
  'mark-imported': markImported,
  'put-channel': putChannel,
  'put-record': putRecord,
  'record-revocation': recordRevocation,
  'record-session': recordSession,
  'retire-key-pair': retireKeyPair,
  scopes,
  'settle-deliveries': settleDeliveries,
};
