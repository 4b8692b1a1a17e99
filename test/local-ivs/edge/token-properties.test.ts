/** What holds for every playback token: one changed bit refuses it, and no payload breaks the edge. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEdge } from '../../../src/local-ivs/edge/edge.ts';
import { anyCharacter } from '../../support/arbitraries.ts';
import { toPlaybackUrl } from '../../support/playback-client.ts';
import { createPlaybackSigner } from '../../support/playback-signer.ts';
import { createEdgeWorld, fixedNowMs } from './edge-world.ts';

const signer = createPlaybackSigner();
const world = createEdgeWorld(signer);
const { app } = createEdge(world.edgeState);
const nowSeconds = fixedNowMs / 1000;
const goodClaims = { 'aws:channel-arn': world.toArn('live'), 'aws:viewer-id': 'viewer-1', exp: nowSeconds + 300 };
const play = async (token: string) =>
  app.request(toPlaybackUrl('http://127.0.0.1', world.toArn('live'), encodeURIComponent(token)), {}, {});

it('refuses a good token with any one bit flipped', async () => {
  const token = await signer.sign(goodClaims);
  expect((await play(token)).status).toBe(200);
  const flips = fc.tuple(fc.nat(token.length - 1), fc.nat(7));
  await fc.assert(
    fc.asyncProperty(flips, async ([place, bit]) => {
      const flipped = String.fromCharCode(token.charCodeAt(place) ^ (1 << bit));
      const answer = await play(token.slice(0, place) + flipped + token.slice(place + 1));
      expect(answer.status).toBe(403);
    }),
    { numRuns: 400 },
  );
});

it('answers 200, 403 or 404 in the documented form to any payload that is well signed', async () => {
  const names = Object.keys(goodClaims).concat(
    ['access-control-allow-origin', 'strict-origin-enforcement', 'single-use-uuid', 'viewer-session-version'].map(
      toAws,
    ),
    ['maximum-resolution', 'ads-player-params', 'ads-reporting-mode'].map(toAws),
    ['nbf', '__proto__', 'constructor'],
  );
  const claims = fc.dictionary(
    fc.constantFrom(...names),
    fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.double(), fc.date()),
  );
  const payload = fc.oneof(
    fc.jsonValue(),
    claims,
    claims.map((some) => ({ ...goodClaims, ...some })),
  );
  await fc.assert(
    fc.asyncProperty(payload, async (value) => {
      const answer = await play(await signer.sign(value));
      expect([200, 403]).toContain(answer.status);
      const text = await answer.text();
      if (answer.status === 200) expect(text).toMatch(/^#EXTM3U\n/);
      else
        expect(JSON.parse(text)).toEqual([expect.objectContaining({ type: 'error', error_code: expect.any(String) })]);
    }),
    { numRuns: 600 },
  );
});

it('answers 403 to any text in the place of a token', async () => {
  const segment = fc.oneof(fc.base64String(), fc.string({ unit: anyCharacter }), fc.constant(''));
  const text = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.array(segment, { maxLength: 5 }).map((all) => all.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(text, async (token) => {
      fc.pre(token.isWellFormed());
      expect((await play(token)).status).toBe(403);
    }),
    { numRuns: 300 },
  );
});

function toAws(name: string): string {
  return `aws:${name}`;
}
