/** Use cases of an operator: register private channels with their policies, look at them, forget them. */
import type { AuditStore } from '../audit/ports.ts';
import { type Author, type Change, toAuditDraft } from '../audit/record.ts';
import { type Condition, changeRecord, deleteRecord, findDropped, type ToTag } from '../conditional.ts';
import type { Entitlements } from '../entitlements/ask.ts';
import { fail, failInput, type Result, succeed } from '../errors.ts';
import type { ChannelArn } from '../ids.ts';
import type { Page, PageQuery } from '../page.ts';
import type { ChannelControl, ChannelStore, IvsChannel, IvsStream } from './ports.ts';
import { type Channel, channelFields } from './record.ts';
import { type ChannelPatch, type ChannelRequest, defaultAccess } from './request.ts';

interface ChannelPorts {
  readonly channels: ChannelStore;
  readonly audit: Pick<AuditStore, 'append'>;
  readonly ivs: ChannelControl;
  readonly toTag: ToTag;
  readonly entitlements: Pick<Entitlements, 'findUrlProblem'>;
}

/** A channel as it was written, and what it had that the request did not mention. */
interface WrittenChannel {
  readonly channel: Channel;
  /** Names of fields, with what they were. */
  readonly dropped: Readonly<Record<string, unknown>>;
}

/**
 * What an admin can do with channels.
 * Each rejects with `store_unavailable` when the store does not answer; `put` also when IVS does not, with
 * `ivs_unavailable` or `rate_limited`.
 */
export interface ChannelUseCases {
  /** Registers the channel as IVS knows it now, or replaces its registration. */
  put(
    by: Author,
    channelArn: ChannelArn,
    request: ChannelRequest,
    condition?: Condition,
  ): Promise<Result<WrittenChannel>>;
  /** Changes what is mentioned, and nothing else. IVS is not asked. */
  patch(by: Author, channelArn: ChannelArn, patch: ChannelPatch, condition?: Condition): Promise<Result<Channel>>;
  get(channelArn: ChannelArn): Promise<Result<Channel>>;
  /** Its live stream, as IVS says now; undefined when it is not live. Rejects also with `ivs_unavailable` or `rate_limited`. */
  getStream(channelArn: ChannelArn): Promise<Result<IvsStream | undefined>>;
  list(page: PageQuery): Promise<Page<Channel>>;
  /** No tokens for the channel any more. The channel in IVS stays as it is. */
  delete(by: Author, channelArn: ChannelArn, condition?: Condition): Promise<Result<void>>;
}

/** Binds the use cases of channels to their ports. */
export function createChannels({ channels, audit, ivs, toTag, entitlements }: ChannelPorts): ChannelUseCases {
  const toPlace = createToPlace({ channels, entitlements });

  return {
    async put(by, channelArn, request, condition = {}) {
      const { authorize = false } = request;
      const noteAuthorized = () =>
        audit.append(
          'change',
          toAuditDraft(by, { action: 'channel.authorize', target: channelArn, after: { authorized: true } }),
        );
      const prepared = await preparePrivateChannel(ivs, channelArn, authorize && noteAuthorized);
      if (!prepared.ok) return prepared;
      const { name, playbackUrl } = prepared.value;
      const { policyId = null, access = defaultAccess, entitlementUrl = null } = request;
      let before: Channel | undefined;
      const written = await changeRecord<Channel>(
        toPlace(channelArn, by, 'channel.put'),
        { condition, toTag },
        (found) => {
          before = found;
          return succeed({ channelArn, name, playbackUrl, policyId, access, entitlementUrl });
        },
      );
      if (!written.ok) return written;
      const isLeftOut = (_: Channel, field: keyof Channel) =>
        field in channelFields && request[field as keyof typeof channelFields] === undefined;
      return succeed({ channel: written.value, dropped: findDropped(before, written.value, isLeftOut) });
    },
    patch: (by, channelArn, patch, condition = {}) =>
      changeRecord<Channel>(toPlace(channelArn, by, 'channel.patch'), { condition, toTag }, (found) => {
        if (found === undefined) return fail('channel_not_found');
        const { policyId = found.policyId, access = found.access, entitlementUrl = found.entitlementUrl } = patch;
        return succeed({ ...found, policyId, access, entitlementUrl: entitlementUrl ?? null });
      }),
    async get(channelArn) {
      const channel = await channels.get(channelArn);
      return channel === undefined ? fail('channel_not_found') : succeed(channel);
    },
    async getStream(channelArn) {
      if ((await channels.get(channelArn)) === undefined) return fail('channel_not_found');
      const stream = await ivs.getStream(channelArn);
      if (stream === undefined) return fail('channel_not_found', 'IVS knows no such channel');
      return succeed(stream === 'not_live' ? undefined : stream);
    },
    list: (page) => channels.list(page),
    delete: (by, channelArn, condition = {}) =>
      deleteRecord<Channel>(toPlace(channelArn, by, 'channel.delete'), { condition, toTag }, 'channel_not_found'),
  };
}

/** How one channel is had, written and deleted, by whom: each change is audited. */
function createToPlace({ channels, entitlements }: Pick<ChannelPorts, 'channels' | 'entitlements'>) {
  return (channelArn: ChannelArn, by: Author, action: string) => ({
    get: () => channels.get(channelArn),
    async put(after: Channel, before: Channel | null): Promise<Result<Channel> | 'changed'> {
      const { entitlementUrl: url } = after;
      const isNew = url && url !== before?.entitlementUrl;
      const problem = isNew ? entitlements.findUrlProblem(url) : undefined;
      if (problem !== undefined) return failInput([{ path: 'entitlementUrl', message: problem }]);
      const outcome = await channels.put(after, before, toAuditDraft(by, toChange(action, { before, after })));
      if (outcome === 'policy_not_found') return failInput([{ path: 'policyId', message: 'there is no such policy' }]);
      return outcome === 'changed' ? outcome : succeed(after);
    },
    async delete(before: Channel): Promise<Result<void> | 'changed'> {
      const entry = toAuditDraft(by, toChange(action, { before, after: null }));
      return (await channels.delete(channelArn, before, entry)) ? succeed(undefined) : 'changed';
    },
  });
}

function toChange(
  action: string,
  { before, after }: { readonly before: Channel | null; readonly after: Channel | null },
): Change {
  const policies = [before?.policyId, after?.policyId].filter((id) => typeof id === 'string');
  return { action, target: String((after ?? before)?.channelArn), about: [...new Set(policies)], before, after };
}

/** The channel as IVS knows it. Makes it private first when it is not and `noteAuthorized` says that this was asked for; it is called when that is done. */
async function preparePrivateChannel(
  ivs: ChannelControl,
  channelArn: ChannelArn,
  noteAuthorized: false | (() => Promise<void>),
): Promise<Result<IvsChannel>> {
  const channel = await ivs.getChannel(channelArn);
  if (channel === undefined) return fail('channel_not_found', 'IVS knows no such channel');
  if (channel.authorized) return succeed(channel);
  if (noteAuthorized === false)
    return fail('channel_not_private', 'Send "authorize": true to make the channel private in IVS');
  const authorized = await ivs.authorizeChannel(channelArn);
  if (authorized === 'conflict')
    return fail('conflict', 'IVS refused to make the channel private; a live channel must be stopped first');
  await noteAuthorized();
  return succeed(authorized);
}
