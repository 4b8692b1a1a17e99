/** The largest token that can be issued, against IVS's limit of 2 KB. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ClientCaller } from '../../src/access/caller.ts';
import { maxOriginListLength, maxTokenBytes } from '../../src/token-limits.ts';
import { tokenRequestSchema } from '../../src/tokens/request.ts';
import { revoke } from '../contracts/store/steps.ts';
import { createIssuing, createSigningKey, type SigningKey } from '../support/issuing.ts';
import { toChannel, toChannelArn, toPolicy, toViewerId } from '../support/records.ts';

const client: ClientCaller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] };
const lastSecond = 2 ** 31 - 10;
let key: SigningKey;
beforeAll(async () => {
  key = await createSigningKey();
});
afterAll(() => key.remove());

it('the largest token of all stays within 2 KB', async () => {
  const { store, issue } = await createIssuing(key, { nowMs: () => lastSecond * 1000 });
  const stem = toChannelArn('c');
  const channelArn = toChannelArn('c'.repeat(129 - stem.length));
  const viewerId = toViewerId('v'.repeat(40));
  const allowedOrigins = toLongestOrigins();
  expect(allowedOrigins.join(',')).toHaveLength(maxOriginListLength);
  for (const strictOriginEnforcement of [false, true]) {
    const origins = strictOriginEnforcement ? allowedOrigins.slice(0, 5) : allowedOrigins;
    const body = {
      allowedOrigins: origins,
      strictOriginEnforcement,
      singleUse: true,
      maximumResolution: 'FULL_HD',
    } as const;
    const policy = toPolicy('largest', body);
    await store.policies.put(policy);
    await store.channels.put(toChannel(channelArn, { policyId: policy.id }));
    await revoke(store, { scope: 'viewer', viewerId }, { createdAt: lastSecond });
    const issued = await issue(client, tokenRequestSchema.parse({ channelArn, viewerId, ttlSeconds: 570 }), {});
    if (!issued.ok) throw new Error(issued.code);
    expect(Buffer.byteLength(issued.value.token)).toBeLessThanOrEqual(maxTokenBytes);
    expect(issued.value.sessionVersion).toBeLessThan(2 ** 31);
  }
  await store.close();
});

/** Eight origins that fill the list to its last character. */
function toLongestOrigins(): string[] {
  const longest = `https://${'a'.repeat(57)}.${'b'.repeat(62)}`;
  const origins = Array.from({ length: 7 }, () => longest);
  return [...origins, `https://${'c'.repeat(maxOriginListLength - origins.join(',').length - 1 - 'https://'.length)}`];
}
