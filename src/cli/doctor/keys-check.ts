/** Whether each region with channels can sign, and whether store, vault and IVS say the same; which actions of IVS are allowed there. */
import { tryIvsActions } from '../../adapters/ivs/try-actions.ts';
import { createToKeyPlace } from '../../aws-accounts.ts';
import type { Config } from '../../config.ts';
import { type AccountId, type ChannelArn, type KeyPlace, splitKeyPlace, toAccount } from '../../ids.ts';
import type { Finding as Drift } from '../../keys/drift.ts';
import type { PlaceKeys } from '../../keys/place-keys.ts';
import type { Services } from '../../services.ts';
import { createFindingsOf, type Finding, toCause } from './finding.ts';

/** A region, in an account, with what is there. */
interface Place {
  readonly place: KeyPlace;
  readonly account: AccountId;
  readonly channelCount: number;
  readonly keys: PlaceKeys | undefined;
}

const ofKeys = createFindingsOf('keys');

/** Looks at every place that has keys or channels. Rejects with `store_unavailable`. */
export async function checkKeys(config: Config, services: Services): Promise<readonly Finding[]> {
  const places = await findPlaces(config, services);
  if (places.length === 0)
    return [
      ofKeys.warn('no channel is registered, so nothing can be watched', 'playgate channels set <arn> --authorize'),
    ];
  const found: Finding[] = [];
  for (const place of places) found.push(...findOfKeys(place), ...(await findOfIvs(config, services, place)));
  return found;
}

async function findPlaces(config: Config, { keyPairs, channels }: Services): Promise<readonly Place[]> {
  const toPlace = createToKeyPlace(config.aws);
  const found = new Map<KeyPlace, Place>();
  const add = (arn: ChannelArn, count: number, keys?: PlaceKeys) => {
    const place = keys?.place ?? toPlace(arn);
    const before = found.get(place);
    const channelCount = (before?.channelCount ?? 0) + count;
    found.set(place, { place, account: toAccount(arn), channelCount, keys: keys ?? before?.keys });
  };
  for (let cursor: string | undefined, isMore = true; isMore; ) {
    const { items, nextCursor } = await channels.list({ limit: 100, cursor });
    for (const { channelArn } of items) add(channelArn, 1);
    cursor = nextCursor;
    isMore = cursor !== undefined;
  }
  for (const keys of await keyPairs.list()) {
    const arn = keys.keyPairs.find((keyPair) => keyPair.arn !== null)?.arn;
    // Of the account of a pair that IVS never took nothing is known.
    if (arn) add(arn as ChannelArn, 0, keys);
  }
  return [...found.values()];
}

function findOfKeys({ place, channelCount, keys }: Place): readonly Finding[] {
  const { ok, problem, warn } = createFindingsOf(`keys ${place}`);
  const { region } = splitKeyPlace(place);
  const active = keys?.keyPairs.find(({ state }) => state === 'active');
  if (active === undefined && channelCount === 0) return [ok('has no channels, and no key pair that signs')];
  if (active === undefined)
    return [problem(`no key pair signs for its ${channelCount} channels`, `playgate keys create ${region}`)];
  const { rotation } = keys ?? {};
  if (rotation?.halted) return [warn('a rotation stands halted', `playgate keys resume ${region}, or turn-back`)];
  return [ok(`${active.id} signs for ${channelCount} channels`)];
}

async function findOfIvs(
  { aws }: Config,
  { reconcile }: Services,
  { place, account }: Place,
): Promise<readonly Finding[]> {
  const { ok, problem, warn } = createFindingsOf(`ivs ${place}`);
  const found: Finding[] = [];
  const tried = await tryIvsActions(aws, place, account);
  for (const { action, reason } of tried.filter((each) => each.outcome === 'denied'))
    found.push(
      problem(`${action} is denied (${reason})`, `allow the role ${action}: docs/deploy.md has the whole policy`),
    );
  const [unknown] = tried.filter(({ outcome }) => outcome === 'unknown');
  if (unknown !== undefined)
    found.push(
      problem(
        `does not answer ${unknown.action}: ${unknown.reason}`,
        'see that this machine reaches IVS, and has credentials: aws sts get-caller-identity',
      ),
    );
  if (found.length === 0) found.push(ok(`the role may do all ${tried.length} actions that it needs`));
  const drifts = await reconcile.find(place).catch((error: unknown) => error);
  if (!Array.isArray(drifts))
    return [...found, warn(`could not be compared with store and vault: ${toCause(drifts)}`, 'mend the above first')];
  return [...found, ...drifts.map((drift: Drift) => toFinding(drift, place))];
}

function toFinding({ kind, message, channelArn, arn, isRepairable }: Drift, place: KeyPlace): Finding {
  const { problem, warn } = createFindingsOf(`ivs ${place}`);
  const { region } = splitKeyPlace(place);
  const [first = ''] = message.split(';');
  switch (kind) {
    case 'channel_not_private':
      return problem(first, `playgate channels set ${channelArn} --authorize`);
    case 'channel_gone':
      return warn(first, `playgate channels delete ${channelArn}`);
    case 'missing_in_vault':
    case 'wrong_fingerprint':
      return problem(first, `playgate keys rotate ${region}`);
    case 'missing_in_ivs':
      return problem(first, 'playgate keys reconcile --repair');
    default:
      return warn(
        first,
        isRepairable
          ? 'playgate keys reconcile --repair'
          : `aws ivs delete-playback-key-pair --region ${region} --arn ${arn}, or adopt it`,
      );
  }
}
