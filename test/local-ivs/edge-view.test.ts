/** What the playback edge is told of the state. */
import { describe, expect, it } from 'vitest';
import { createClock } from '../../src/local-ivs/clock.ts';
import { createEdgeState } from '../../src/local-ivs/edge-view.ts';
import { loadState } from '../../src/local-ivs/state/state.ts';

const arn = (id: string) => `arn:aws:ivs:us-west-2:123456789012:channel/${id}`;

describe('the state as the playback edge sees it', () => {
  it('uses a single-use id up once, until it is to be forgotten', () => {
    let now = 1000;
    const state = loadState();
    const edge = createEdgeState(
      state,
      createClock(() => now),
    );
    expect(edge.useSingleUseId(arn('a'), 'uuid', 5000)).toBe(true);
    expect(edge.useSingleUseId(arn('a'), 'uuid', 9000)).toBe(false);
    expect(edge.useSingleUseId(arn('b'), 'uuid', 5000)).toBe(true);
    expect(edge.useSingleUseId(arn('a'), 'other', 6000)).toBe(true);
    now = 5000;
    expect(edge.useSingleUseId(arn('a'), 'uuid', 9000)).toBe(true);
    expect(state.data().usedIds.get(arn('a'))?.size).toBe(2);
  });

  it('knows no channel, key or revocation that was never made', () => {
    const edge = createEdgeState(loadState(), createClock());
    expect(edge.findChannel('us-west-2', '123456789012', 'abc')).toBeUndefined();
    expect(edge.findChannel('__proto__', 'constructor', '')).toBeUndefined();
    expect(edge.playbackKeys('us-west-2', '123456789012')).toEqual([]);
    expect(edge.revokedVersion(arn('a'), 'v')).toBeUndefined();
  });
});
