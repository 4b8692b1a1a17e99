/** Who a token is for: what a credential says goes before what is written, and a client's own place is nobody's. */
import { describe, expect, it } from 'vitest';
import type { Caller } from '../../src/access/caller.ts';
import { createIdentifyViewer } from '../../src/access/viewer.ts';
import { createViewerIdentity } from '../../src/access/viewer-identity.ts';
import { systemHashing, systemRandom } from '../../src/adapters/system.ts';
import { countryCodeSchema, originSchema } from '../../src/ids.ts';
import { toViewerId } from '../support/records.ts';

const hashKey = 'a key of thirty-two characters!!';
const [anna, bert] = [toViewerId('anna'), toViewerId('bert')];
const client: Caller = { kind: 'client', id: 'bootstrap-admin', roles: ['issuer'], channels: ['*'] };
const viewer: Caller = { kind: 'viewer', viewerId: anna, channels: ['*'] };
const german = { country: countryCodeSchema.parse('DE') };
const french = { country: countryCodeSchema.parse('FR'), origin: originSchema.parse('https://tv.example') };

function identifyWith(mode: 'when_needed' | 'always', random = systemRandom) {
  return createIdentifyViewer({ viewerIdentity: createViewerIdentity({ mode, hashKey }, systemHashing), random });
}

describe('the viewer of a token', () => {
  it('is who its own credential says, where this service saw it', () => {
    expect(identifyWith('always')(viewer, { viewerId: bert, viewer: french }, german)).toEqual({
      viewerId: anna,
      place: german,
    });
  });

  it('is who and where a client says, and never where the client is', () => {
    const identify = identifyWith('when_needed');
    expect(identify(client, { viewerId: bert, viewer: french }, german)).toEqual({ viewerId: bert, place: french });
    expect(identify(client, { viewerId: bert }, german)).toEqual({ viewerId: bert, place: {} });
  });

  it('is hidden when every viewer is to be, always in the same way', () => {
    const identify = identifyWith('always');
    const { viewerId } = identify(client, { viewerId: bert }, {});
    expect(viewerId).toMatch(/^vh_/);
    expect(identify(client, { viewerId: bert }, {}).viewerId).toBe(viewerId);
    expect(identify(client, { viewerId }, {}).viewerId).toBe(viewerId);
  });

  it('is somebody new each time a client names nobody', () => {
    const identify = identifyWith('when_needed');
    const ids = Array.from({ length: 10 }, () => identify(client, {}, {}).viewerId);
    for (const id of ids) expect(id).toMatch(/^a-[0-9a-f-]{36}$/);
    expect(new Set(ids).size).toBe(10);
  });

  it('needs a source of randomness that gives UUIDs', () => {
    const identify = identifyWith('when_needed', { ...systemRandom, uuid: () => 'no UUID of "ours"' });
    expect(() => identify(client, {}, {})).toThrow(TypeError);
  });
});
