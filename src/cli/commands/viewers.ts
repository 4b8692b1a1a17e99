/** `playgate viewers`: what is known of a viewer. */
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import { type Io, toId } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { toDistance } from '../duration.ts';

/** Creates the commands. */
export function createViewerCommands(io: Io): readonly Command[] {
  const show = describeCommand({
    usage: 'show <viewer>',
    description: 'Show the tokens of 48 hours, the floors and the blocks of a viewer',
    examples: ['playgate viewers show ann@example.com'],
  }).action(
    onService(io, async ({ api, answer, output }, _: unknown, viewer: string) => {
      const path = { viewerId: viewer };
      const found = await toData(api.GET('/v1/admin/viewers/{viewerId}', { params: { path } }));
      answer(found, ({ viewerId, channels, floors, blocks }) => {
        output.line(`IVS knows this viewer as ${viewerId}.\n\nTokens of the last 48 hours:`);
        const tokens = channels.map(({ channelArn, issuedAt, sessionVersion }) => [
          ...[toId(channelArn), toDistance(issuedAt, io.nowMs()), sessionVersion],
        ]);
        output.table(['Channel', 'Issued', 'Session version'], tokens, 'none');
        output.line('\nSession versions that are dead:');
        output.table(
          ['Channel', 'Up to'],
          floors.map(({ channelArn, floor }) => [toId(channelArn), floor]),
          'none',
        );
        output.line('\nBlocks:');
        const stated = blocks.map(({ revocationId, channelArn, until }) => [
          ...[revocationId, toId(channelArn), until ?? 'for good'],
        ]);
        output.table(['Revocation', 'Channel', 'Until'], stated, 'none');
      });
    }),
  );
  const viewers = describeCommand({
    usage: 'viewers',
    description: 'Look at single viewers',
    examples: ['playgate viewers show ann@example.com'],
  });
  return [viewers.addCommand(show)];
}
