/** That real players and React fit what the library asks of them, which names none of their types. */
import type { MediaPlayer } from 'amazon-ivs-player';
import type Hls from 'hls.js';
import { expectTypeOf, it } from 'vitest';
import type { HlsPlayer, IvsPlayer } from '../../src/client/client.ts';

it('hls.js and the Amazon IVS Player are players', () => {
  expectTypeOf<Hls>().toExtend<HlsPlayer>();
  expectTypeOf<MediaPlayer>().toExtend<IvsPlayer>();
});
