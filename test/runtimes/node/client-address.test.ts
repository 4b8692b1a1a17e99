/** From where a request came, when proxies stand before the service and anybody may write a header. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import type { AppEnv } from '../../../src/http/context.ts';
import { createSenders } from '../../../src/runtimes/node/trusted-proxies.ts';

async function findAddress(trustedProxies: readonly string[], forwardedFor?: string): Promise<string> {
  const app = new Hono<AppEnv>();
  const { clientAddress } = createSenders({ trustedProxies });
  app.get('/', (context) => context.text(clientAddress(context) ?? 'unknown'));
  const server = createServer(getRequestListener(app.fetch)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { headers });
  const address = await answer.text();
  server.close();
  return address;
}

it.each([
  ['the connection says it where no proxy is trusted', [], '203.0.113.7', '127.0.0.1'],
  ['the connection says it where the proxy says nothing', ['127.0.0.1'], undefined, '127.0.0.1'],
  ['a trusted proxy says it', ['127.0.0.1'], '203.0.113.7', '203.0.113.7'],
  ['what the caller wrote before it counts for nothing', ['127.0.0.1'], '198.51.100.1, 203.0.113.7', '203.0.113.7'],
  ['trusted proxies on the way are passed over', ['127.0.0.1', '10.0.0.0/8'], '203.0.113.7, 10.1.2.3', '203.0.113.7'],
  ['it may be an IPv6 address', ['127.0.0.1'], '2001:db8::7', '2001:db8::7'],
  ['what is no address is none', ['127.0.0.1'], '203.0.113.7, <script>', '127.0.0.1'],
])('%s', async (_, trusted, forwardedFor, expected) => {
  expect(await findAddress(trusted, forwardedFor)).toBe(expected);
});
