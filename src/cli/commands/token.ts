/** `playgate token`: a playback token for a viewer, to try a channel with. */
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { toData } from '../../api-client/api-client.ts';
import type { Io } from '../context.ts';
import { describeCommand, onService } from '../describe-command.ts';

interface TokenOptions {
  readonly channel: string;
  readonly viewer?: string;
  readonly country?: string;
  readonly origin?: string;
  readonly ttl?: string;
  readonly open?: boolean;
}

/** Creates the command. */
export function createTokenCommand(io: Io): Command {
  return describeCommand({
    usage: 'token',
    description: 'Issue a playback token, and print its playback URL',
    examples: [
      'playgate token -c demo -v v1',
      'playgate token -c demo -v v1 --country DE --open',
      'playgate token -c demo | mpv --playlist=-',
    ],
  })
    .requiredOption('-c, --channel <name>', 'ARN, id or name')
    .option('-v, --viewer <id>', 'who watches; without it a new, anonymous viewer')
    .option('--country <code>', 'where the viewer is, such as DE')
    .option('--origin <origin>', 'the page that plays, such as https://tv.example')
    .option('--ttl <seconds>', 'how long playback may start with it')
    .option('--open', 'play it in a browser that plays HLS, as Safari and Chrome do')
    .action(
      onService(io, async ({ api, answer, findChannel, output }, options: TokenOptions) => {
        const { channel, viewer, country, origin, ttl, open } = options;
        const body = {
          channelArn: await findChannel(channel),
          ...(viewer && { viewerId: viewer }),
          ...(ttl && { ttlSeconds: Number(ttl) }),
          ...((country || origin) && { viewer: { ...(country && { country }), ...(origin && { origin }) } }),
        };
        const token = await toData(api.POST('/v1/tokens', { body }));
        answer(token, () => output.line(token.playbackUrl));
        if (open) await openInBrowser(token.playbackUrl);
      }),
    );
}

/** By way of a file that only its owner reads: what is in a command, everybody on the machine may see in the list of processes. */
async function openInBrowser(url: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'playgate-play-'));
  const page = join(folder, 'play.html');
  const source = url.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  await writeFile(page, `<!doctype html><title>Playgate</title><video src="${source}" controls autoplay></video>`, {
    mode: 0o600,
  });
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  execFile(program, [page], (error) => {
    if (error) console.error(`playgate: no browser could be opened (${program}); open ${page}`);
  });
}
