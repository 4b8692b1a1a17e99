/** The stream that a player gets: it runs on without a break, for as long as anybody watches, and is the same in every rendition. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEndlessStream } from '../../../src/local-ivs/edge/endless-stream.ts';
import { loadRenditions, loopSegments, segmentMs } from '../../../src/local-ivs/edge/renditions.ts';
import { audioPid, countAdtsFrames, type Packet, readPackets, readPesPackets, videoPid } from './read-packets.ts';

const renditions = loadRenditions();
const rendition = fc.constantFrom(...renditions);
/** A year, and so some hundred times around the 33 bits of a time. */
const number = fc.nat((365 * 86_400_000) / segmentMs);
const wrapTicks = 2n ** 33n;
const segmentTicks = BigInt(segmentMs * 90);
const audioFrameTicks = (1024n * 90_000n) / 48_000n;

/** What is wrong with the continuity counters of a stream: each packet of a PID has the next of the one before. */
function findCounterGaps(packets: readonly Packet[]): readonly string[] {
  const last = new Map<number, number>();
  return packets.flatMap(({ pid, counter, payload }, place) => {
    const before = last.get(pid);
    last.set(pid, counter);
    const expected = before === undefined ? counter : (before + (payload.length > 0 ? 1 : 0)) % 16;
    return counter === expected ? [] : [`packet ${place} of ${pid} has ${counter} after ${before}`];
  });
}

const readSegments = ({ readSegment }: (typeof renditions)[number], first: number, count: number) =>
  readPackets(Buffer.concat(Array.from({ length: count }, (_, place) => readSegment(first + place))));

describe('the endless stream', () => {
  it('has continuity counters that run on from segment to segment, wherever a player joins', () => {
    fc.assert(
      fc.property(rendition, number, fc.integer({ min: 2, max: 10 }), (one, first, count) => {
        const packets = readSegments(one, first, count);
        expect(findCounterGaps(packets)).toEqual([]);
        expect(packets.filter(({ discontinuity }) => discontinuity)).toEqual([]);
      }),
      { numRuns: 30, examples: renditions.map((each) => [each, loopSegments - 1, 2]) },
    );
  });

  it('has every frame of picture and sound right after the one before, and its clock ten times a second', () => {
    fc.assert(
      fc.property(rendition, number, (one, first) => {
        const packets = readSegments(one, first, 3);
        const video = readPesPackets(packets, videoPid);
        expect(video).toHaveLength(180);
        for (const [place, { pts, dts }] of video.entries()) {
          expect([pts, dts]).toEqual(
            [(video[0]?.pts ?? 0n) + 3000n * BigInt(place), pts].map((at) => BigInt.asUintN(33, at)),
          );
        }
        const audio = readPesPackets(packets, audioPid);
        for (const [place, { pts, data }] of audio.entries()) {
          const next = audio[place + 1]?.pts;
          if (next !== undefined)
            expect(next).toBe(BigInt.asUintN(33, pts + BigInt(countAdtsFrames(data)) * audioFrameTicks));
        }
        expect(findLateClocks(packets)).toEqual([]);
      }),
      { numRuns: 20, examples: renditions.map((each) => [each, loopSegments - 2]) },
    );
  });

  it('has the same time at the same number in every rendition', () => {
    const [first] = renditions.map((one) => readPesPackets(readSegments(one, 0, 1), videoPid)[0]);
    const origin = first?.pts ?? 0n;
    fc.assert(
      fc.property(number, (at) => {
        const packets = renditions.map((one) => readSegments(one, at, 1));
        for (const pid of [videoPid, audioPid]) {
          const starts = packets.map((each) => readPesPackets(each, pid)[0]?.pts);
          expect(new Set(starts).size).toBe(1);
        }
        expect(readPesPackets(packets[0] ?? [], videoPid)[0]?.pts).toBe(
          (origin + BigInt(at) * segmentTicks) % wrapTicks,
        );
      }),
      { numRuns: 20 },
    );
  });

  it('begins with the segments as they are in the files, and shows the same pictures a loop later', () => {
    const [one] = renditions;
    if (!one) throw new Error('there is no rendition');
    const pictures = (at: number) => readPesPackets(readSegments(one, at, 1), videoPid).map(({ data }) => data);
    expect(pictures(loopSegments + 3)).toEqual(pictures(3));
    expect(readSegments(one, 0, 1)[0]?.counter).toBe(0);
  });

  it('is not made of what is no transport stream', () => {
    expect(() => createEndlessStream([Buffer.from('not a segment')], 2_000)).toThrow(TypeError);
  });
});

/** Each PCR comes after the last one, by a tenth of a second at most (ISO/IEC 13818-1, 2.7.2). */
function findLateClocks(packets: readonly Packet[]): readonly string[] {
  const clocks = packets.flatMap(({ pcr }) => (pcr === undefined ? [] : [pcr]));
  return clocks.flatMap((pcr, place) => {
    const before = clocks[place - 1];
    const gap = before === undefined ? 1n : BigInt.asUintN(33, pcr - before);
    return gap > 0n && gap <= 9_000n ? [] : [`the PCR ${pcr} comes ${gap} after the last`];
  });
}
