/** How a process on Node ends when it is told to: nobody is cut off, and who asks where to send requests learns of it first. */
import { describe, expect, it } from 'vitest';
import { openConnection, toHead } from '../../support/http-connection.ts';
import { plainAdminKey, startPlainService } from '../../support/plain-service.ts';

const asAdmin = { authorization: `Bearer ${plainAdminKey}` };
const policy = JSON.stringify({ allowedCountries: ['DE'] });
const withPolicy = { ...asAdmin, 'content-type': 'application/json', 'content-length': String(policy.length) };

/** How often a process is ended under load; `STOPS=20` for the full form. */
const stops = Number(process.env.STOPS ?? 3);

describe('SIGTERM', () => {
  it('is told by /readyz at once, while the process goes on for the delay and closes connections with its answers', async () => {
    const service = await startPlainService({ SHUTDOWN_DELAY_MS: '2000' });
    expect((await service.send('/readyz')).status).toBe(200);
    const kept = await openConnection(service.url);
    expect((await kept.get('/livez')).headers.get('connection')).toBe('keep-alive');
    service.signal('SIGTERM');
    await expect.poll(service.logs).toContain('"event":"stopping"');
    const readiness = await service.send('/readyz');
    expect(readiness.status).toBe(503);
    expect(await readiness.json()).toMatchObject({ ready: false, stopping: true });
    expect((await service.send('/livez')).status).toBe(200);
    const listing = await kept.get('/v1/admin/policies', asAdmin);
    expect([listing.status, listing.headers.get('connection')]).toEqual([200, 'close']);
    await kept.closed;
    expect(await service.exited).toBe(0);
  });

  it('lets a request that is coming in come in, and answers it', async () => {
    const service = await startPlainService();
    const connection = await openConnection(service.url);
    connection.write(toHead('PUT', '/v1/admin/policies/p', withPolicy) + policy.slice(0, 5));
    await service.send('/livez');
    service.signal('SIGTERM');
    await expect
      .poll(() =>
        openConnection(service.url).then(
          () => 'connected',
          () => 'refused',
        ),
      )
      .toBe('refused');
    connection.write(policy.slice(5));
    const answer = await connection.read();
    expect([answer.status, answer.headers.get('connection')]).toEqual([200, 'close']);
    expect(await service.exited).toBe(0);
    expect(service.logs()).toContain('"route":"/v1/admin/policies/:id"');
  });

  it('waits no longer than the setting says for what does not come', async () => {
    const service = await startPlainService({ SHUTDOWN_TIMEOUT_MS: '200' });
    const connection = await openConnection(service.url);
    connection.write(toHead('PUT', '/v1/admin/policies/p', withPolicy) + policy.slice(0, 5));
    await service.send('/livez');
    service.signal('SIGTERM');
    await connection.closed;
    expect(await service.exited).toBe(0);
  });

  it(`cuts nobody off under load, ${stops} times`, async () => {
    for (let stop = 0; stop < stops; stop++) {
      const service = await startPlainService({ SHUTDOWN_DELAY_MS: String((stop % 2) * 200) });
      const load = runLoad(service.url);
      await expect.poll(() => load.answered()).toBeGreaterThan(200);
      service.signal('SIGTERM');
      expect(await service.exited).toBe(0);
      expect(await load.cutOff).toEqual([]);
    }
  });
});

it('SIGINT knows no delay', async () => {
  const service = await startPlainService({ SHUTDOWN_DELAY_MS: '600000' });
  service.signal('SIGINT');
  expect(await service.exited).toBe(0);
});

/** 32 clients ask again and again, each on a connection that it keeps as long as it may, until nobody listens any more. */
function runLoad(url: string) {
  let answered = 0;
  const cutOff: string[] = [];
  async function runClient(): Promise<void> {
    for (;;) {
      const connection = await openConnection(url).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ECONNREFUSED') cutOff.push(`connecting: ${error.message}`);
      });
      if (connection === undefined) return;
      for (let closes = false; !closes; ) {
        const answer = await connection.get('/v1/admin/policies', asAdmin).catch((error: Error) => {
          cutOff.push(error.message);
        });
        if (answer?.status === 200) answered++;
        else if (answer !== undefined) cutOff.push(String(answer.status));
        closes = answer?.headers.get('connection') !== 'keep-alive';
      }
      connection.socket.destroy();
    }
  }
  const all = Promise.all(Array.from({ length: 32 }, runClient));
  return { answered: () => answered, cutOff: all.then(() => cutOff) };
}
