/** Rotations of us-west-2 in tests: begun, and carried to their end by looking after the keys. */
import type { Rotation } from '../../src/keys/rotation.ts';
import { byAnn } from './author.ts';
import type { KeepingKeys, KeyInstance } from './keeping-keys.ts';
import { usWest2 } from './records.ts';

const asked = { place: usWest2, emergency: false, startedBy: 'operator', by: byAnn } as const;

/** Binds the helpers to the keys of a test. */
export function createRotating(keeping: () => KeepingKeys) {
  const load = () => keeping().store.keyPairs.load(usWest2);
  const findRotation = async () => (await load()).rotation;
  return {
    load,
    findRotation,
    pass(seconds: number): void {
      keeping().nowMs += seconds * 1000;
    },
    async start(by: KeyInstance, changes: { readonly emergency?: boolean } = {}): Promise<Rotation> {
      const started = await by.rotations.start({ ...asked, ...changes });
      if (!started.ok) throw new Error(`${started.code}: ${started.detail}`);
      return started.value;
    },
    /** Looks after the keys until the rotation is over, each time when its next step is due; the seconds that it took. */
    async finish(by: KeyInstance): Promise<number> {
      const beganMs = keeping().nowMs;
      for (let look = 0; look < 100; look++) {
        const rotation = await findRotation();
        if (rotation === null) return (keeping().nowMs - beganMs) / 1000;
        keeping().nowMs = Math.max(keeping().nowMs + 1000, rotation.nextAt * 1000);
        await by.careForKeys();
      }
      throw new Error(`not over: ${JSON.stringify(await findRotation())}`);
    },
  };
}
