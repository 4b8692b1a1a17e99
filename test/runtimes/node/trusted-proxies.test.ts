/** Ids of requests: those that a trusted proxy sends, and of nobody else. */
import { describe, expect, it } from 'vitest';
import { startPlainService } from '../../support/plain-service.ts';

const own = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function idsOf(settings: Record<string, string>, sent: readonly string[]): Promise<readonly (string | null)[]> {
  const service = await startPlainService(settings);
  const answers = await Promise.all(sent.map((id) => service.send('/livez', { headers: { 'x-request-id': id } })));
  return answers.map(({ headers }) => headers.get('x-request-id'));
}

describe('the id of a request', () => {
  it('is its own, whatever strangers send', async () => {
    for (const settings of [{}, { TRUSTED_PROXIES: '10.0.0.0/8, ::1' }])
      for (const id of await idsOf(settings, ['mine', 'mine'])) expect(id).toMatch(own);
  });

  it.each(['127.0.0.1', '10.1.2.3, 127.0.0.0/8'])(
    'is the one that a proxy sent at %s, if it can be one',
    async (trusted) => {
      const [taken, ...refused] = await idsOf({ TRUSTED_PROXIES: trusted }, [
        'Root=1-67891233',
        'a b',
        'x'.repeat(256),
        '<b>',
      ]);
      expect(taken).toBe('Root=1-67891233');
      for (const id of refused) expect(id).toMatch(own);
    },
  );
});
