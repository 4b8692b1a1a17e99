/** That a laptop run looks after its keys, as production does. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sendAsAdmin, startLaptop } from '../../demo/laptop.ts';

interface Listed {
  readonly id: string;
  readonly state: string;
}

it('a rotation goes on by itself, and tokens with it', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'playgate-laptop-keys-'));
  const laptop = await startLaptop(cwd, { KEY_EDGE_DELAY_SECONDS: '1' });
  const { channelArn } = (await (await laptop.send('/demo/settings.json')).json()) as { channelArn: string };
  const rotate = await sendAsAdmin(laptop, 'POST', '/v1/admin/keys/rotate', { region: 'us-west-2' });
  expect(rotate.status).toBe(202);
  const { from } = (await rotate.json()) as { from: string };
  // IVS may throttle the first step, which is made again then: the new pair has its id later.
  const findSigning = async () => {
    const { items } = (await (await sendAsAdmin(laptop, 'GET', '/v1/admin/keys')).json()) as { items: Listed[] };
    return items.find(({ state }) => state === 'active')?.id;
  };
  await expect.poll(findSigning).not.toBe(from);
  const issued = await sendAsAdmin(laptop, 'POST', '/v1/tokens', { channelArn, viewerId: 'anna' });
  const { playbackUrl } = (await issued.json()) as { playbackUrl: string };
  expect((await fetch(playbackUrl)).status).toBe(200);
  await laptop.stop();
  rmSync(cwd, { recursive: true });
});
