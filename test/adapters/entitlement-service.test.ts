/** Asking over real sockets: what is sent and how it is signed, services that misbehave in every way that we know, and addresses that nobody may reach. */
import { createHmac } from 'node:crypto';
import type { LookupAddress, lookup as lookUpName } from 'node:dns';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setGlobalProxyFromEnv } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createEntitlementService } from '../../src/adapters/entitlements/entitlement-service.ts';
import { createFetchPost } from '../../src/adapters/entitlements/fetch-post.ts';
import { createGuardedPost } from '../../src/adapters/entitlements/guarded-post.ts';
import { maxAnswerBytes, type Post } from '../../src/adapters/entitlements/post.ts';
import { systemClock, systemRandom } from '../../src/adapters/system.ts';
import { createEntitlements } from '../../src/entitlements/ask.ts';
import type { EntitlementQuestion } from '../../src/entitlements/record.ts';
import { countryCodeSchema } from '../../src/ids.ts';
import {
  type EntitlementReceiver,
  entitlementSecret,
  json,
  misbehaviours,
  startEntitlementReceiver,
} from '../support/entitlement-receiver.ts';
import { findFreePort, listenOnFreePort } from '../support/free-port.ts';
import { createRecordingLog } from '../support/recording-log.ts';
import { toChannelArn, toViewerId } from '../support/records.ts';
import { testCertificate, trustTestCertificate } from '../support/tls.ts';
import { expectWithin } from '../support/within.ts';

const timeoutMs = 500;
const allowedHosts = ['127.0.0.1'];
const nextSecret = `whsec_${Buffer.from('the-next-secret-of-the-tests-now').toString('base64')}`;
const question: EntitlementQuestion = {
  ...{ channelArn: toChannelArn('news'), viewerId: toViewerId('anna'), purpose: 'playback' },
  ...{ country: countryCodeSchema.parse('DE'), origin: undefined },
};

let receiver: EntitlementReceiver;
beforeAll(async () => {
  trustTestCertificate();
  receiver = await startEntitlementReceiver();
});
afterAll(() => receiver.close());

function createService(post: Post, secrets: readonly string[] = [entitlementSecret]) {
  const service = createEntitlementService(
    { secrets, allowedHosts, timeoutMs },
    { post, clock: systemClock, random: systemRandom },
  );
  if (service === undefined) throw new Error('there is a secret');
  return service;
}

const posts: readonly (readonly [string, Post])[] = [
  ['Node', createGuardedPost({ allowedHosts })],
  ['fetch', createFetchPost({ allowedHosts })],
];

describe.each(posts)('a question with %s', (name, post) => {
  const toName = (what: string) => `${what} with ${name}`;

  it('is what Standard Webhooks says, and says who wants to watch what from where', async () => {
    const url = receiver.answer(toName('signed'), json({ allowed: true }, 60));
    const reply = await createService(post, [nextSecret, entitlementSecret]).ask(url, question);
    expect(reply).toEqual({ kind: 'replied', body: '{"allowed":true}', cacheControl: 'max-age=60' });
    const [received] = receiver.received(toName('signed'));
    const { headers, body = '' } = received ?? {};
    const { type, timestamp, data } = JSON.parse(body);
    expect({ type, data }).toEqual({
      type: 'playback.requested',
      data: { purpose: 'playback', channelArn: question.channelArn, viewerId: 'anna', country: 'DE', origin: null },
    });
    expect(Date.parse(timestamp) / 1000).toBe(Number(headers?.['webhook-timestamp']));
    expect(Math.abs(Date.now() - Date.parse(timestamp))).toBeLessThan(60_000);
    // By hand, as their specification has it: one signature for each secret.
    const signed = `${headers?.['webhook-id']}.${headers?.['webhook-timestamp']}.${body}`;
    const signatures = [nextSecret, entitlementSecret].map((secret) => {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
    });
    expect(headers?.['webhook-signature']).toBe(signatures.join(' '));
    expect(JSON.stringify(headers)).not.toContain('whsec_');
  });

  it('has another id each time, and none goes out unsigned', async () => {
    const url = receiver.answer(toName('twice'), json({ allowed: true }));
    const service = createService(post);
    for (let count = 0; count < 3; count++) expect(await service.ask(url, question)).toMatchObject({ kind: 'replied' });
    const ids = receiver.received(toName('twice')).map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(3);
    const ports = { post, clock: systemClock, random: systemRandom };
    expect(createEntitlementService({ secrets: [], allowedHosts, timeoutMs }, ports)).toBeUndefined();
  });

  it.each(Object.entries(misbehaviours))('is not answered, in its time, by a service %s', async (what, respond) => {
    const url = receiver.answer(toName(what), respond);
    const log = createRecordingLog();
    const entitlements = createEntitlements(
      { service: createService(post), clock: systemClock, log },
      { allowedHosts, timeoutMs },
    );
    const verdict = await expectWithin(timeoutMs + 250, () => entitlements.ask(url, question));
    expect(verdict).toMatchObject({ kind: 'unanswered' });
    expect(receiver.received('elsewhere')).toEqual([]);
  });

  it.each([
    ['that never answers', 'timeout'],
    ['that answers drop by drop', 'timeout'],
    ['that sends elsewhere', 'redirected'],
    ['that sends to a private address', 'redirected'],
    ['that is broken', 'wrong_status'],
    ['that answers too much', 'too_large'],
    ['that answers without end', 'too_large'],
    ['that hangs up', 'unreachable'],
  ])('by a service %s fails as %s', async (what, because) => {
    const url = receiver.answer(toName(what), misbehaviours[what] ?? json({}));
    expect(await createService(post).ask(url, question)).toMatchObject({ kind: 'failed', because });
  });

  it('may have an answer as large as the limit', async () => {
    const body = '{"allowed":true}'.padStart(maxAnswerBytes);
    const url = receiver.answer(toName('full'), (response) => response.writeHead(200).end(body));
    expect(await createService(post).ask(url, question)).toMatchObject({ kind: 'replied', body });
  });

  it('fails where nobody listens', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}/`;
    expect(await createService(post).ask(url, question)).toMatchObject({ kind: 'failed', because: 'unreachable' });
  });

  it('fails in its time where nobody speaks HTTP, or anything', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => void sockets.push(socket));
    const url = `http://127.0.0.1:${await listenOnFreePort(silent)}/`;
    const reply = await expectWithin(timeoutMs + 250, () => createService(post).ask(url, question));
    expect(reply).toMatchObject({ kind: 'failed', because: 'timeout' });
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  it.each([
    'https://127.0.0.2/',
    'https://10.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://169.254.169.254/',
  ])('never goes to %s', async (url) => {
    expect(await createService(post).ask(url, question)).toEqual({ kind: 'failed', because: 'address_refused' });
  });
});

/** Says yes at this address until the test is over, with the certificate of 127.0.0.1; its port. */
async function listenWithTls(host: string): Promise<number> {
  const certificate = { cert: readFileSync(testCertificate.certificate), key: readFileSync(testCertificate.key) };
  const server = createHttpsServer(certificate, (_, response) => response.writeHead(200).end('{"allowed":true}'));
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(async () => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}

/** A DNS that answers with these addresses, one list after the other, the last for ever. */
function createLookup(...answers: readonly (readonly string[])[]) {
  let count = 0;
  const lookup = (_host: string, _options: object, done: (error: Error | null, found: LookupAddress[]) => void) => {
    const found = answers[Math.min(count++, answers.length - 1)] ?? [];
    process.nextTick(() =>
      done(
        null,
        found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    );
  };
  return { lookup: lookup as unknown as typeof lookUpName, countLookups: () => count };
}

describe('a name with Node', () => {
  it.each([
    [['127.0.0.1']],
    [['10.1.2.3']],
    [['::1']],
    [['::ffff:127.0.0.1']],
    [['169.254.169.254']],
    [['8.8.8.8', '127.0.0.1']],
    [['fd00:ec2::254']],
    [[]],
  ])('that leads to %j is not followed', async (addresses) => {
    const { lookup } = createLookup(addresses);
    const service = createService(createGuardedPost({ allowedHosts, lookup }));
    const reply = await service.ask(`https://localhost:${receiver.host.split(':')[1]}/`, question);
    expect(reply).toEqual({ kind: 'failed', because: 'address_refused' });
  });

  it('is looked up once for a connection, so that no second answer can lead elsewhere', async () => {
    const { lookup, countLookups } = createLookup(['192.0.2.1'], ['127.0.0.1']);
    const service = createService(createGuardedPost({ allowedHosts, lookup }));
    expect(await service.ask('https://localhost/', question)).toMatchObject({ because: 'address_refused' });
    expect(countLookups()).toBe(1);
    // What it says next is looked at as well.
    expect(await service.ask('https://localhost/', question)).toMatchObject({ because: 'address_refused' });
    expect(countLookups()).toBe(2);
  });

  it('is looked up once for all who connect at the same time', async () => {
    const { lookup, countLookups } = createLookup(['127.0.0.1']);
    const host = `localhost:${receiver.host.split(':')[1]}`;
    receiver.answer('together', json({ allowed: true }));
    const service = createService(createGuardedPost({ allowedHosts: [host], lookup }));
    const replies = await Promise.all(
      Array.from({ length: 20 }, () => service.ask(`http://${host}/together`, question)),
    );
    for (const reply of replies) expect(reply).toMatchObject({ kind: 'replied' });
    expect(countLookups()).toBe(1);
  });

  it('whose look-up hangs, or fails, is no answer in time', async () => {
    const hanging = (() => undefined) as unknown as typeof lookUpName;
    const service = createService(createGuardedPost({ allowedHosts, lookup: hanging }));
    const reply = await expectWithin(timeoutMs + 250, () => service.ask('https://localhost/', question));
    expect(reply).toEqual({ kind: 'failed', because: 'timeout' });
    const failing = ((_host: string, _options: object, done: (error: Error) => void) =>
      process.nextTick(() =>
        done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
      )) as unknown as typeof lookUpName;
    const other = createService(createGuardedPost({ allowedHosts, lookup: failing }));
    expect(await other.ask('https://localhost/', question)).toEqual({
      kind: 'failed',
      because: 'unreachable',
      detail: 'ENOTFOUND',
    });
  });

  it('that this machine knows as its own is not followed either', async () => {
    const reply = await createService(createGuardedPost({ allowedHosts })).ask('https://localhost/', question);
    expect(reply).toMatchObject({ kind: 'failed', because: 'address_refused' });
  });

  it('that is allowed may lead to a private address', async () => {
    const url = receiver.answer('by name', json({ allowed: true })).replace('127.0.0.1', 'localhost');
    const service = createService(createGuardedPost({ allowedHosts: ['localhost'] }));
    expect(await service.ask(url, question)).toMatchObject({ kind: 'replied' });
  });

  it('is not asked through a proxy, whatever the environment says', async () => {
    const url = receiver.answer('no proxy', json({ allowed: true }));
    const restore = setGlobalProxyFromEnv({ http_proxy: `http://127.0.0.1:${await findFreePort()}` });
    try {
      // Whoever heeds it reaches nobody.
      await expect(fetch(url)).rejects.toThrow();
      const reply = await createService(createGuardedPost({ allowedHosts })).ask(url, question);
      expect(reply).toMatchObject({ kind: 'replied' });
    } finally {
      restore();
    }
  });
});

describe('a connection of Node', () => {
  it('is kept for the next question, and another one is made where it ended meanwhile', async () => {
    const connections = new Set<Socket>();
    const short = createServer((socket) => {
      connections.add(socket);
      // Answers one question on each connection, and resets it when the next one comes.
      let isAnswered = false;
      socket
        .on('error', () => undefined)
        .on('data', () => {
          if (isAnswered) return void socket.resetAndDestroy();
          isAnswered = true;
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n{"allowed":true}');
        });
    });
    const url = `http://127.0.0.1:${await listenOnFreePort(short)}/`;
    const service = createService(createGuardedPost({ allowedHosts }));
    for (let count = 0; count < 3; count++) expect(await service.ask(url, question)).toMatchObject({ kind: 'replied' });
    expect(connections.size).toBe(3);
    for (const socket of connections) socket.destroy();
    short.close();
  });

  it('has TLS whose certificate holds for the host', async () => {
    const ask = async (host: string) => {
      const named = `${host}:${await listenWithTls(host)}`;
      return createService(createGuardedPost({ allowedHosts: [named] })).ask(`https://${named}/`, question);
    };
    expect(await ask('127.0.0.1')).toMatchObject({ kind: 'replied' });
    // The certificate is for another one.
    const wrong = { kind: 'failed', because: 'unreachable', detail: 'ERR_TLS_CERT_ALTNAME_INVALID' };
    expect(await ask('127.0.0.2')).toEqual(wrong);
  });
});
