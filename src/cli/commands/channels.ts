/** `playgate channels`: the private channels that are registered. */
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import type { ChannelRequest } from '../../api-client/openapi.ts';
import { findOrNone, type Io, listAll, toId } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';

interface SetOptions {
  readonly policy?: string;
  readonly access?: 'entitled' | 'authenticated';
  readonly entitlementUrl?: string;
  readonly authorize?: true;
}

/** Creates the command, with those below it. */
export function createChannelCommands(io: Io): Command {
  return describeCommand({
    usage: 'channels',
    description: 'List, show, register and take away channels',
    examples: [
      'playgate channels list',
      'playgate channels set arn:aws:ivs:us-west-2:123456789012:channel/abcd --policy eu',
    ],
  })
    .addCommand(createList(io), { isDefault: true })
    .addCommand(createShow(io))
    .addCommand(createSet(io))
    .addCommand(createDelete(io));
}

function createList(io: Io): Command {
  return describeCommand({
    usage: 'list',
    description: 'List the channels',
    examples: ['playgate channels list', 'playgate channels list --json'],
  }).action(
    onService(io, async ({ api, answer, output }) => {
      const found = await listAll((cursor) =>
        toData(api.GET('/v1/admin/channels', { params: { query: { ...cursor, limit: 100 } } })),
      );
      answer(found, () =>
        output.table(
          ['Name', 'Id', 'Policy', 'Open to', 'ARN'],
          found.map(({ name, channelArn, policyId, access }) => [name, toId(channelArn), policyId, access, channelArn]),
          'No channel is registered yet: playgate channels set <arn>',
        ),
      );
    }),
  );
}

function createShow(io: Io): Command {
  return describeCommand({
    usage: 'show <channel>',
    description: 'Show a channel',
    examples: ['playgate channels show demo'],
  }).action(
    onService(io, async ({ api, answer, findChannel, output }, _: unknown, channel: string) => {
      const path = { channelArn: await findChannel(channel) };
      const found = await toData(api.GET('/v1/admin/channels/{channelArn}', { params: { path } }));
      answer(found, () => output.table(['Of', found.name], Object.entries(found), ''));
    }),
  );
}

function createSet(io: Io): Command {
  return describeCommand({
    usage: 'set <channel>',
    description: 'Register a channel of IVS, or change what is given',
    examples: [
      'playgate channels set arn:aws:ivs:us-west-2:123456789012:channel/abcd --authorize',
      'playgate channels set demo --policy eu --access authenticated',
    ],
  })
    .option('--policy <id>', 'the restriction policy; none takes it off')
    .option('--access <who>', 'entitled: whose JWT or client names it; authenticated: every viewer')
    .option('--entitlement-url <url>', 'your own service that says who may watch; none takes it off')
    .option('--authorize', 'make the channel private in IVS')
    .action(
      onService(io, async ({ api, lookUp, answer, findChannel, output }, options: SetOptions, channel: string) => {
        const channelArn = await findChannel(channel);
        const { policy, access, entitlementUrl, authorize } = options;
        const params = { path: { channelArn } };
        // What is not mentioned stays as it is.
        const before = await findOrNone(toData(lookUp.GET('/v1/admin/channels/{channelArn}', { params })));
        const body: ChannelRequest = {
          ...(before && { policyId: before.policyId, access: before.access, entitlementUrl: before.entitlementUrl }),
          ...(policy && { policyId: toNull(policy) }),
          ...(access && { access }),
          ...(entitlementUrl && { entitlementUrl: toNull(entitlementUrl) }),
          ...(authorize && { authorize }),
        };
        const put = await toData(api.PUT('/v1/admin/channels/{channelArn}', { params, body }));
        answer(put, ({ name, warnings }) => {
          output.line(`${name} is registered.`);
          for (const warning of warnings) output.line(`Look: ${warning}`);
        });
      }),
    );
}

function toNull(text: string): string | null {
  return text === 'none' ? null : text;
}

function createDelete(io: Io): Command {
  return describeCommand({
    usage: 'delete <channel>',
    description: 'Issue no more tokens for a channel; in IVS it stays as it is',
    examples: ['playgate channels delete demo'],
  }).action(
    onService(io, async ({ api, answer, findChannel, output }, _: unknown, channel: string) => {
      const channelArn = await findChannel(channel);
      await api.DELETE('/v1/admin/channels/{channelArn}', { params: { path: { channelArn } } });
      answer({ channelArn }, () => output.line(`${channel} is registered no more.`));
    }),
  );
}
