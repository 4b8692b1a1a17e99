/** `playgate revoke` and `revocations`: ending sessions, of many at once too, and how far IVS was told. */
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import { type Io, toId } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { toDistance, toMoment } from '../duration.ts';
import { count } from '../output.ts';
import { UsageError } from '../usage-error.ts';

interface RevokeOptions {
  readonly channel?: string;
  readonly viewer?: string;
  readonly block?: string | true;
  readonly reason?: string;
  readonly stopStream?: true;
  readonly dryRun?: true;
}

/** Creates the commands. */
export function createRevocationCommands(io: Io): readonly Command[] {
  const revocations = describeCommand({
    usage: 'revocations',
    description: 'List revocations, the newest first',
    examples: ['playgate revocations --delivery failed', 'playgate revocations show rev_019aa25b6c80d1e2f3a4b5c6'],
  })
    .option('-c, --channel <name>', 'of this channel alone')
    .option('--delivery <state>', 'pending or failed')
    .action(
      onService(
        io,
        async (
          { api, answer, findChannel, output },
          { channel, delivery }: { channel?: string; delivery?: 'pending' | 'failed' },
        ) => {
          const query = { ...(channel && { channelArn: await findChannel(channel) }), ...(delivery && { delivery }) };
          const page = await toData(api.GET('/v1/admin/revocations', { params: { query } }));
          answer(page, ({ items }) =>
            output.table(
              ['Revocation', 'Viewer', 'Channel', 'Pending', 'Failed', 'Created'],
              items.map(({ id, viewerId, viewerCount, channelArn, delivery: { pending, failed }, createdAt }) => [
                ...[id, viewerId ?? (viewerCount === null ? 'everyone' : `${viewerCount} viewers`), toId(channelArn)],
                ...[pending, failed, toDistance(createdAt, io.nowMs())],
              ]),
              'Nothing was revoked.',
            ),
          );
        },
      ),
    );
  for (const command of [createShow(io), createRetry(io)]) revocations.addCommand(command);
  return [createRevoke(io), revocations];
}

function createRevoke(io: Io): Command {
  return describeCommand({
    usage: 'revoke',
    description: 'End the sessions of everyone on a channel, or of a viewer; try it with --dry-run first',
    examples: ['playgate revoke --channel demo --dry-run', 'playgate revoke --channel demo --block 1h --stop-stream'],
  })
    .option('-c, --channel <name>', 'ARN, id or name')
    .option('-v, --viewer <id>', 'this viewer alone')
    .option('--block [time]', 'issue no tokens for a time, or until it is lifted')
    .option('--reason <text>', 'for whoever asks why')
    .option('--stop-stream', 'stop the stream of the channel as well: everybody is out at once')
    .option('--dry-run', 'say whom it would meet, and change nothing')
    .action(
      onService(io, async ({ api, answer, findChannel, output }, options: RevokeOptions) => {
        const { channel, viewer, block, reason, stopStream, dryRun } = options;
        if (channel === undefined && viewer === undefined) throw new UsageError('Give a --channel, a --viewer or both');
        const body = {
          ...(channel && { channelArn: await findChannel(channel) }),
          ...(viewer && { viewerId: viewer }),
          ...(block && { block: block === true ? {} : { until: toMoment(io.nowMs(), block) } }),
          ...{ ...(reason && { reason }), ...(stopStream && { stopStream }), ...(dryRun && { dryRun }) },
        };
        const revoked = await toData(api.POST('/v1/admin/revocations', { body }));
        answer(revoked, () => {
          if ('dryRun' in revoked) {
            const { viewers, sessions, exact } = revoked;
            output.line(
              `It would meet ${exact ? '' : 'about '}${count(viewers, 'viewer')} with ${count(sessions, 'session')}. Nothing was changed.`,
            );
          } else {
            output.line(`${revoked.id}: IVS is being told. playgate revocations show ${revoked.id}`);
          }
        });
      }),
    );
}

function createShow(io: Io): Command {
  return describeCommand({
    usage: 'show <id>',
    description: 'Show a revocation, and how far IVS was told',
    examples: ['playgate revocations show rev_019aa25b6c80d1e2f3a4b5c6'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, id: string) => {
      const found = await toData(api.GET('/v1/admin/revocations/{id}', { params: { path: { id } } }));
      answer(found, ({ scope, viewerId, channelArn, block, reason, createdAt, delivery, progress }) => {
        const rows = [
          ...[
            ['Scope', scope],
            ['Viewer', viewerId],
            ['Channel', toId(channelArn)],
            ['Reason', reason],
          ],
          ...[
            ['Created', createdAt],
            ['Blocks', block === null ? 'nobody' : (block.until ?? 'for good')],
          ],
          ['Told IVS of', `${delivery.delivered}, ${delivery.pending} to come, ${delivery.failed} refused`],
          ...(progress === null ? [] : [['Walked', `${progress.walked} viewers${progress.done ? ', all' : ''}`]]),
        ];
        output.table(['Of', id], rows, '');
      });
    }),
  );
}

function createRetry(io: Io): Command {
  return describeCommand({
    usage: 'retry <id>',
    description: 'Send again what IVS refused',
    examples: ['playgate revocations retry rev_019aa25b6c80d1e2f3a4b5c6'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, id: string) => {
      const found = await toData(api.POST('/v1/admin/revocations/{id}/retry', { params: { path: { id } } }));
      answer(found, () => output.line(`What IVS refused of ${id} is sent again.`));
    }),
  );
}
