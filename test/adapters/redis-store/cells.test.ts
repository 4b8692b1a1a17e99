/** In which cell a viewer lies: always in the same, and as many in each. */
import { describe, expect, it } from 'vitest';
import { cellCount, toCell } from '../../../src/adapters/redis-store/cells.ts';
import { toViewerId } from '../../support/records.ts';

describe('the cell of a viewer', () => {
  it.each([
    ['anna', 28],
    ['v-7f3a', 18],
    ['6f0c2a7e-9b41-4d5e-8f3a-0123456789ab', 49],
    ['~'.repeat(40), 48],
  ])('is where it was when its state was written (%s)', (viewerId, cell) => {
    expect(toCell(toViewerId(viewerId))).toBe(cell);
  });

  it.each([
    ['counted', (index: number) => `viewer-${index}`],
    ['random', (index: number) => ((index * 0x9e3779b9) >>> 0).toString(16)],
  ])('is any of them as often as another, with %s ids', (_, toId) => {
    const sizes = new Map<number, number>();
    const viewers = 64_000;
    for (let index = 0; index < viewers; index++) {
      const cell = toCell(toViewerId(toId(index)));
      sizes.set(cell, (sizes.get(cell) ?? 0) + 1);
    }
    expect(sizes.size).toBe(cellCount);
    for (const size of sizes.values()) {
      expect(size).toBeGreaterThan((viewers / cellCount) * 0.8);
      expect(size).toBeLessThan((viewers / cellCount) * 1.2);
    }
  });
});
