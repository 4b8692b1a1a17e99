/** `playgate why`: whether a viewer may watch, and what decides. */
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import type { Explanation } from '../../api-client/openapi.ts';
import { type Io, toId } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';
import { toDistance } from '../duration.ts';
import type { Output } from '../output.ts';

interface WhyOptions {
  readonly channel: string;
  readonly country?: string;
  readonly origin?: string;
  readonly at?: string;
}

const marks = { pass: 'ok', refuse: 'NO', not_reached: '–' } as const;

/** Creates the command. */
export function createWhyCommand(io: Io): Command {
  return describeCommand({
    usage: 'why <viewer>',
    description: 'Say whether a viewer may watch a channel, check by check; nothing is signed',
    examples: [
      'playgate why ann@example.com --channel demo --country DE',
      'playgate why v-7f3a -c demo --origin https://tv.example --at 2026-12-24T20:00:00Z',
    ],
  })
    .requiredOption('-c, --channel <name>', 'ARN, id or name')
    .option('--country <code>', 'where the viewer is, such as DE')
    .option('--origin <origin>', 'the page that plays, such as https://tv.example')
    .option('--at <time>', 'another moment than now')
    .action(
      onService(io, async ({ api, answer, findChannel, output }, options: WhyOptions, viewer: string) => {
        const { channel, country, origin, at } = options;
        const body = {
          channelArn: await findChannel(channel),
          ...toName(viewer),
          ...{ ...(country && { country }), ...(origin && { origin }), ...(at && { at }) },
        };
        const found = await toData(api.POST('/v1/admin/explain', { body }));
        answer(found, () => tell(output, found, viewer, io.nowMs()));
      }),
    );
}

/** An id of IVS may be a subject as well, and means the same viewer then; what cannot be one is a subject. */
function toName(viewer: string): { readonly viewerId: string } | { readonly subject: string } {
  return /^[\x21-\x7e]{1,40}$/.test(viewer) && !viewer.includes('@') ? { viewerId: viewer } : { subject: viewer };
}

function tell(output: Output, found: Explanation, viewer: string, nowMs: number): void {
  const { verdict, viewerId, until, checks, blocks, channels } = found;
  const when = until === null ? '' : ` until ${until} (${toDistance(until, nowMs)})`;
  output.line(verdict === 'issued' ? `${viewer} may watch.` : `${viewer} may not watch: ${verdict}${when}.`);
  if (viewerId !== null && viewerId !== viewer) output.line(`IVS knows this viewer as ${viewerId}.`);
  output.line('');
  const rows = checks.map(({ check, result, saw }) => [marks[result], check, toText(saw)]);
  output.table(['', 'Check', 'Saw'], rows, '');
  if (blocks.length > 0) {
    output.line('\nBlocks that stand against the viewer:');
    const stated = blocks.map((block) => [block.revocationId, block.scope, block.until ?? 'for good', block.reason]);
    output.table(['Revocation', 'Scope', 'Until', 'Reason'], stated, '');
  }
  output.line('\nTokens of the last 48 hours:');
  const seen = channels.map(({ channelArn, issuedAt }) => [toId(channelArn), toDistance(issuedAt, nowMs)]);
  output.table(['Channel', 'Issued'], seen, 'none');
}

function toText(saw: Readonly<Record<string, unknown>>): string {
  return Object.entries(saw)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ');
}
