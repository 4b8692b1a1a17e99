/** The stream as who demultiplexes it sees it: no packet is missing, and no time goes back, wherever it is joined. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadRenditions, loopSegments, segmentMs } from '../../../src/local-ivs/edge/renditions.ts';
import { joinSegments } from '../../../src/local-ivs/edge/transport-stream.ts';

const packetBytes = 188;
const ticksModulus = 2 ** 33;

/** One packet, read without the code under test. */
interface Packet {
  readonly pid: number;
  readonly counter: number;
  readonly hasPayload: boolean;
  readonly pcr?: number;
  readonly dts?: number;
}

function readPackets(bytes: Uint8Array): Packet[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / packetBytes }, (_, index) => readPacket(view, index * packetBytes));
}

function readPacket(view: DataView, at: number): Packet {
  const header = view.getUint32(at);
  const hasAdaptation = (header & 0x20) !== 0;
  const adaptationBytes = hasAdaptation ? view.getUint8(at + 4) : 0;
  const hasPcr = adaptationBytes > 0 && (view.getUint8(at + 5) & 0x10) !== 0;
  const pes = at + 4 + (hasAdaptation ? 1 + adaptationBytes : 0);
  const isPes = (header & 0x400000) !== 0 && (header & 0x10) !== 0 && view.getUint32(pes) >>> 8 === 1;
  const timeFlags = isPes ? view.getUint8(pes + 7) >> 6 : 0;
  const readTime = (where: number) => {
    const bits = [view.getUint8(where) >> 1, view.getUint16(where + 1) >> 1, view.getUint16(where + 3) >> 1];
    return ((bits[0] ?? 0) & 7) * 2 ** 30 + (bits[1] ?? 0) * 2 ** 15 + (bits[2] ?? 0);
  };
  return {
    pid: (header >>> 8) & 0x1fff,
    counter: header & 0x0f,
    hasPayload: (header & 0x10) !== 0,
    ...(hasPcr && { pcr: view.getUint32(at + 6) * 2 + (view.getUint8(at + 10) >> 7) }),
    ...(timeFlags > 0 && { dts: readTime(pes + (timeFlags === 3 ? 14 : 9)) }),
  };
}

/** How much later one time is than another, in 33 bits; above half of that it is earlier. */
const toStep = (from: number, to: number) => (to - from + ticksModulus) % ticksModulus;

function expectContinuous(packets: readonly Packet[]): void {
  const last = new Map<number, Packet>();
  const times = new Map<string, number>();
  for (const packet of packets) {
    const before = last.get(packet.pid);
    if (before) expect(packet.counter).toBe((before.counter + (packet.hasPayload ? 1 : 0)) % 16);
    last.set(packet.pid, packet);
    for (const [name, time] of [
      ['pcr', packet.pcr],
      ['dts', packet.dts],
    ] as const) {
      if (time === undefined) continue;
      const earlier = times.get(`${name} ${packet.pid}`);
      // Nothing lies further apart than an audio packet of several frames does.
      if (earlier !== undefined) {
        expect(toStep(earlier, time)).toBeGreaterThan(0);
        expect(toStep(earlier, time)).toBeLessThan(90_000);
      }
      times.set(`${name} ${packet.pid}`, time);
    }
  }
}

const renditions = loadRenditions();

describe.each(renditions)('the stream of $name', ({ findSegment }) => {
  it('runs on from each segment to the next, in counters and times, from wherever it is joined', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (first) => {
        const segments = Array.from({ length: loopSegments + 2 }, (_, index) => findSegment(first + index));
        expectContinuous(segments.flatMap(readPackets));
      }),
      // Where the picture begins again; and where the counter of times does, after 26.5 hours.
      { numRuns: 5, examples: [[0], [loopSegments - 1], [Math.floor(ticksModulus / 180_000) - 5]] },
    );
  });

  it('has as much time in a loop as the playlist says', () => {
    const first = (segment: number) => readPackets(findSegment(segment)).find(({ dts }) => dts !== undefined)?.dts ?? 0;
    expect(toStep(first(0), first(loopSegments))).toBe((loopSegments * segmentMs * 90_000) / 1000);
    expect(toStep(first(3), first(3 + 7 * loopSegments))).toBe((7 * loopSegments * segmentMs * 90_000) / 1000);
  });

  it('is the same whoever asks for a segment', () => {
    expect(Buffer.from(findSegment(12345)).equals(Buffer.from(findSegment(12345)))).toBe(true);
  });
});

it('the renditions have one time line, so that a player may change between them', () => {
  const [starts] = [12, 801].map((segment) =>
    renditions.map(({ findSegment }) => readPackets(findSegment(segment)).find(({ pcr }) => pcr !== undefined)?.pcr),
  );
  expect(new Set(starts).size).toBe(1);
});

it('what is no MPEG-TS is refused', () => {
  expect(() => joinSegments([new Uint8Array(188)], 2_000)).toThrow('no MPEG-TS');
  expect(() => joinSegments([Uint8Array.of(0x47, 0, 0)], 2_000)).toThrow('no MPEG-TS');
});
