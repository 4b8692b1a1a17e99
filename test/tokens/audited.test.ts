/** Which requests for tokens are in the audit, and what is said of them. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OutageError } from '../../src/errors.ts';
import { type AuditedTokens, createIssueAudited } from '../../src/tokens/audited.ts';
import { tokenRequestSchema } from '../../src/tokens/request.ts';
import { byAnn } from '../support/author.ts';
import { createIssuing, createSigningKey, fixedNowSeconds, type Issuing, type SigningKey } from '../support/issuing.ts';
import { toChannel, toChannelArn, toViewerId } from '../support/records.ts';

const [news, unknown] = [toChannelArn('news'), toChannelArn('unknown')];
const caller = { kind: 'client', id: 'bootstrap-admin', roles: ['admin'], channels: ['*'] } as const;
const viewer = { viewerId: toViewerId('anna'), place: {} };
let key: SigningKey;
let issuing: Issuing;

beforeAll(async () => {
  key = await createSigningKey();
});
afterAll(() => key.remove());
beforeEach(async () => {
  issuing = await createIssuing(key, { nowMs: () => fixedNowSeconds * 1000 });
  await issuing.store.channels.put(toChannel(news));
});

function issueAudited(audited: AuditedTokens, audit = issuing.store.audit) {
  const issue = createIssueAudited(({ request }) => issuing.issue(caller, request, {}), { audit, audited });
  return (channelArn: string) => {
    const request = tokenRequestSchema.parse({ channelArn, viewerId: 'anna' });
    return issue({ by: byAnn, caller, viewer, request });
  };
}

async function askForTwo(audited: AuditedTokens) {
  const issue = issueAudited(audited);
  const issued = await issue(news);
  await issue(unknown);
  // Of the key pair that signs there are entries, too.
  const { items: all } = await issuing.store.audit.list({ limit: 10 });
  const items = all.filter(({ action }) => action.startsWith('token.'));
  return { token: issued.ok ? issued.value.token : '', items };
}

describe('requests for tokens', () => {
  it('are not in the audit unless it is set', async () => {
    expect((await askForTwo('none')).items).toEqual([]);
  });

  it('are in it when they are refused', async () => {
    const { items } = await askForTwo('denied');
    expect(items.map(({ result }) => result)).toEqual(['channel_not_found']);
  });

  it('are all in it, without their tokens', async () => {
    const { items, token } = await askForTwo('all');
    expect(items.map(({ result }) => result)).toEqual(['channel_not_found', 'issued']);
    expect(items[1]).toMatchObject({
      ...{ ...byAnn, action: 'token.issue', target: news, about: ['anna'] },
      after: { viewerId: 'anna', sessionVersion: fixedNowSeconds },
    });
    expect(token.length).toBeGreaterThan(100);
    expect(JSON.stringify(items)).not.toContain(token);
  });

  it('get no token that could not be audited', async () => {
    const away = { append: () => Promise.reject(new OutageError('store_unavailable')), list: issuing.store.audit.list };
    await expect(issueAudited('all', away)(news)).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});
