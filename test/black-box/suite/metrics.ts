/** The numbers of an instance: who may read them, and that they count what happens. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Api } from '../api.ts';
import type { Target } from '../target.ts';

export function describeMetrics(api: Api, target: () => Target): void {
  describe('the numbers', () => {
    const read = async (key: string) => {
      const answer = await target().send('/metrics', { headers: { authorization: `Bearer ${key}` } });
      return { status: answer.status, text: await answer.text() };
    };

    it('are for admins and auditors', async () => {
      const { status } = await target().send('/metrics');
      expect(status).toBe(401);
      const issuer = await api.createClient('issuer');
      expect((await read(issuer.key)).status).toBe(403);
      const { key } = await api.createClient('auditor');
      // Where none are kept the route is there, and says so.
      expect((await read(key)).status).toBe(target().keepsNumbers ? 200 : 404);
    });

    it('count tokens by what came of them, where they are kept', async () => {
      if (!target().keepsNumbers) return;
      const { key } = await api.createClient('auditor');
      const before = await read(key);
      expect(before.status).toBe(200);
      const count = (text: string, code: string) =>
        Number(
          new RegExp(`^playgate_tokens_total\\{code="${code}",region="us-west-2",channel=""\\} (\\d+)$`, 'm').exec(
            text,
          )?.[1] ?? 0,
        );
      const [channelArn, viewerId] = [await api.createChannel(), `v-${randomUUID()}`];
      expect((await api.issue({ channelArn, viewerId })).status).toBe(201);
      await api.revoke({ viewerId, block: {} });
      expect((await api.issue({ channelArn, viewerId })).status).toBe(403);
      const { text } = await read(key);
      for (const code of ['issued', 'viewer_blocked']) expect(count(text, code)).toBe(count(before.text, code) + 1);
      expect(text).toContain('playgate_key_pairs{place="us-west-2",state="active"} 1');
      expect(text).toMatch(
        /^playgate_call_duration_seconds_count\{part="store",operation="issuance.load",outcome="ok"\} /m,
      );
      expect(text).not.toContain(viewerId);
    });
  });
}
