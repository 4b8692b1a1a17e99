/** Who may do what, and ask for which channel. */
import { describe, expect, it } from 'vitest';
import { type Caller, clientRoles, evaluateEntitlement, isPermitted } from '../../src/access/caller.ts';
import { toChannelArn, toViewerId } from '../support/records.ts';

const [news, sport] = [toChannelArn('news'), toChannelArn('sport')];
const client = (role: (typeof clientRoles)[number], channels: Caller['channels'] = ['*']): Caller => ({
  kind: 'client',
  id: 'bootstrap-admin',
  roles: [role],
  channels,
});
const viewer = (channels: Caller['channels']): Caller => ({ kind: 'viewer', viewerId: toViewerId('anna'), channels });

describe('a route', () => {
  it('lets in exactly the kinds of caller that it names', () => {
    for (const role of clientRoles) {
      expect(isPermitted(client(role), [role])).toBe(true);
      expect(isPermitted(client(role), [...clientRoles.filter((other) => other !== role), 'viewer'])).toBe(false);
      expect(isPermitted(client(role), [])).toBe(false);
    }
    expect(isPermitted(viewer(['*']), ['viewer'])).toBe(true);
    expect(isPermitted(viewer(['*']), clientRoles)).toBe(false);
  });
});

describe('a channel', () => {
  it('may be asked for by whoever has it, or all', () => {
    for (const channels of [['*'], [news], [sport, news], [sport, '*']] as const)
      for (const caller of [client('issuer', channels), viewer(channels)])
        expect(evaluateEntitlement(caller, news)).toBe('entitled');
  });

  it('may be asked for by a viewer without it only where it is open, and by a client without it never', () => {
    for (const channels of [[], [sport]]) {
      expect(evaluateEntitlement(viewer(channels), news)).toBe('if_open');
      expect(evaluateEntitlement(client('issuer', channels), news)).toBe('not_entitled');
    }
  });
});
