/** The port of `/metrics`: the numbers for whoever asks there, and nothing else. */
import { expect, it } from 'vitest';
import { version } from '../../../src/version.ts';
import { findFreePort } from '../../support/free-port.ts';
import { plainAdminKey, startPlainService } from '../../support/plain-service.ts';

it('has the numbers for whoever asks, nothing else, and is gone with the process', async () => {
  const port = await findFreePort();
  const service = await startPlainService({ METRICS_PORT: String(port) });
  const origin = `http://127.0.0.1:${port}`;
  await service.send('/v1/tokens', { method: 'POST' });
  const answer = await fetch(`${origin}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  expect(text).toContain(`playgate_build_info{version="${version}"`);
  expect(text).toContain('playgate_tokens_total{code="unauthenticated",region="",channel=""} 1');
  expect(text).toMatch(/^nodejs_eventloop_lag_p99_seconds \d/m);
  for (const path of ['/', '/livez', '/metrics/', '/v1/admin/clients'])
    expect((await fetch(`${origin}${path}`)).status).toBe(404);
  expect((await fetch(`${origin}/metrics`, { method: 'POST' })).status).toBe(405);
  service.signal('SIGTERM');
  expect(await service.exited).toBe(0);
  await expect(fetch(`${origin}/metrics`)).rejects.toThrow();
});

it('is not there unless it is set, and the other one asks for a credential', async () => {
  const service = await startPlainService();
  expect((await service.send('/metrics')).status).toBe(401);
  const headers = { authorization: `Bearer ${plainAdminKey}` };
  expect(await (await service.send('/metrics', { headers })).text()).toContain('playgate_ready 1');
});
