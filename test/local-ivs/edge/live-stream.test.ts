/** The endless stream: what its playlists say as time passes, and that the media is what they say. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEdge } from '../../../src/local-ivs/edge/edge.ts';
import { loadRenditions, loopSegments, segmentMs, selectRenditions } from '../../../src/local-ivs/edge/renditions.ts';
import { listedUrl, listedUrls, toPlaybackUrl } from '../../support/playback-client.ts';
import { createPlaybackSigner } from '../../support/playback-signer.ts';
import { createEdgeWorld, fixedNowMs } from './edge-world.ts';

const tsPacketBytes = 188;

/** One listed segment. */
interface ListedSegment {
  readonly sequence: number;
  readonly time: string;
  readonly url: string;
}

/** Two sessions on a stream that starts at the fixed time, and what the lowest variant of each lists at a later time. */
async function startStream(windowSegments = 15) {
  const world = createEdgeWorld(createPlaybackSigner());
  world.goLive('open', fixedNowMs);
  const { app } = createEdge(world.edgeState, { windowSegments, maxSessionIdleMs: 10 * 86_400_000 });
  const startSession = async () => {
    const multivariant = await (await app.request(toPlaybackUrl('http://127.0.0.1', world.toArn('open')))).text();
    return async (elapsedMs: number) => {
      world.nowMs = fixedNowMs + elapsedMs;
      return (await app.request(listedUrl(multivariant, -1))).text();
    };
  };
  return { app, read: await startSession(), readOther: await startSession() };
}

function parseSegments(playlist: string): readonly ListedSegment[] {
  let sequence = readNumber(playlist, 'EXT-X-MEDIA-SEQUENCE');
  let time = '';
  return playlist.split('\n').flatMap((line) => {
    if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) time = line.slice(line.indexOf(':') + 1);
    if (line === '' || line.startsWith('#')) return [];
    sequence += 1;
    return [{ sequence: sequence - 1, time, url: line }];
  });
}

function readNumber(playlist: string, tag: string): number {
  return Number(new RegExp(`^#${tag}:(\\d+)$`, 'm').exec(playlist)?.[1]);
}

describe('a variant playlist', () => {
  it('has segments from the first moment, and a full window later', async () => {
    const { read } = await startStream();
    expect(parseSegments(await read(0))).toHaveLength(3);
    expect(parseSegments(await read(60_000))).toHaveLength(15);
  });

  it('lists the segments that are complete, the newest ending within the last two seconds', async () => {
    const { read } = await startStream();
    for (const elapsedMs of [0, 1, 1_999, 2_000, 61_234]) {
      const newest = parseSegments(await read(elapsedMs)).at(-1);
      const age = fixedNowMs + elapsedMs - (Date.parse(newest?.time ?? '') + segmentMs);
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(segmentMs);
    }
  });

  it('says the same of a segment whenever it lists it, and each segment follows the last', async () => {
    const { read } = await startStream(6);
    const moments = fc.array(fc.nat(86_400_000), { minLength: 2, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(fc.nat(86_400_000), moments, async (base, offsets) => {
        const seen = new Map<number, ListedSegment>();
        for (const offset of offsets) {
          const segments = parseSegments(await read(base + (offset % 20_000)));
          for (const [place, segment] of segments.entries()) {
            expect(segment.sequence).toBe((segments[0]?.sequence ?? 0) + place);
            expect(seen.get(segment.sequence) ?? segment).toEqual(segment);
            seen.set(segment.sequence, segment);
          }
        }
      }),
      { numRuns: 50 },
    );
  });

  it('marks no discontinuity where the picture begins again, as the stream runs on', async () => {
    const { read } = await startStream();
    expect(await read(60_000)).not.toContain('DISCONTINUITY');
  });

  it('has the tags in the form RFC 8216 gives them', async () => {
    const { read } = await startStream(3);
    const segment = [
      expect.stringMatching(/^#EXT-X-PROGRAM-DATE-TIME:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      '#EXTINF:2.000,live',
      expect.stringMatching(/^http:\/\/127\.0\.0\.1\/v1\/segment\/[\w-]{56}\.ts$/),
    ];
    expect((await read(10_000)).split('\n')).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-TARGETDURATION:2',
      '#EXT-X-MEDIA-SEQUENCE:5',
      '#EXT-X-NET-LIVE-VIDEO-LIVE-SEQUENCE:7',
      '#EXT-X-NET-LIVE-VIDEO-ELAPSED-SECS:10.000',
      ...[segment, segment, segment].flat(),
      '',
    ]);
  });
});

describe('a segment', () => {
  it('is the same in every session, as the stream of its rendition has it', async () => {
    const { app, read, readOther } = await startStream();
    const lowest = loadRenditions().at(-1);
    const others = listedUrls(await readOther(60_000));
    for (const [place, { sequence, url }] of parseSegments(await read(60_000)).entries()) {
      const answers = await Promise.all([url, others[place] ?? ''].map((one) => app.request(one)));
      for (const answer of answers) {
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'video/mp2t']);
        expect(new Uint8Array(await answer.arrayBuffer())).toEqual(lowest?.readSegment(sequence));
      }
    }
  });

  it.each([3, 5, 15])(
    'can be fetched for its 2 seconds and those of %i segments after it was last listed',
    async (length) => {
      const { app, read } = await startStream(length);
      const oldest = listedUrl(await read(60_000), 0);
      expect(await read(60_000 + segmentMs)).not.toContain(oldest);
      // It left the playlist at the first of these moments, and stays until the second.
      const [leftMs, goneMs] = [60_000 + segmentMs, 60_000 + segmentMs + (1 + length) * segmentMs];
      for (const elapsedMs of [leftMs, goneMs - 1]) {
        await read(elapsedMs);
        expect((await app.request(oldest)).status).toBe(200);
      }
      await read(goneMs);
      expect((await app.request(oldest)).status).toBe(404);
    },
  );
});

describe('the media', () => {
  const renditions = loadRenditions();

  const loopOf = ({ readSegment }: (typeof renditions)[number]) =>
    Array.from({ length: loopSegments }, (_, number) => readSegment(number));

  it.each(renditions)('of $name is MPEG-TS with the codec the playlist names', (rendition) => {
    const { codecs, bandwidth } = rendition;
    for (const segment of loopOf(rendition)) {
      expect(segment.length % tsPacketBytes).toBe(0);
      const starts = segment.filter((_, place) => place % tsPacketBytes === 0);
      expect(new Set(starts)).toEqual(new Set([0x47]));
      // A sequence parameter set (NAL type 7 after a start code) names profile, constraints and level in its first bytes.
      const place = Buffer.from(segment).indexOf(Buffer.from([0, 0, 0, 1, 0x67]));
      const profile = Buffer.from(segment.subarray(place + 5, place + 8))
        .toString('hex')
        .toUpperCase();
      expect(codecs).toBe(`avc1.${profile},mp4a.40.2`);
      expect((segment.length * 8) / (segmentMs / 1000)).toBeLessThanOrEqual(bandwidth);
    }
  });

  it('is small enough to live in the repository', () => {
    const bytes = renditions.flatMap(loopOf).reduce((sum, { length }) => sum + length, 0);
    expect(bytes).toBeLessThan(800_000);
  });
});

describe('a maximum resolution', () => {
  it('keeps the smallest rendition when all are above it', () => {
    const tall = [{ height: 1080 }, { height: 720 }];
    expect(selectRenditions(tall, 'SD')).toEqual([{ height: 720 }]);
    expect(selectRenditions([], 'SD')).toEqual([]);
  });

  it('draws its lines at 480, 720 and 1080', () => {
    const heights = [1440, 1080, 1079, 721, 720, 481, 480, 160].map((height) => ({ height }));
    const within = (maximum: 'SD' | 'HD' | 'FULL_HD') => selectRenditions(heights, maximum)[0]?.height;
    expect([within('SD'), within('HD'), within('FULL_HD')]).toEqual([480, 720, 1080]);
  });
});
