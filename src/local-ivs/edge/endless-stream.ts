/** A few segments that come again and again as one stream that never ends, and never goes back. */
import { addCounts, countPackets, movePiece, type PacketCounts } from './transport-stream.ts';

/** The segment of a number, from 0 on: the same bytes whoever asks, and whenever. */
export type ReadSegment = (number: number) => Uint8Array<ArrayBuffer>;

/** Ticks of the clock of PTS, DTS and PCR in a millisecond. */
const ticksPerMs = 90;

/**
 * Makes a stream of the segments of a loop that is `loopMs` milliseconds long. Within the loop their times must run on already; the
 * continuity counters of each begin at 0. Throws a TypeError when a segment is no transport stream.
 */
export function createEndlessStream(loop: readonly Uint8Array[], loopMs: number): ReadSegment {
  const nothing: PacketCounts = new Map();
  const counts = loop.map(countPackets);
  const packetsBefore = counts.map((_, place) =>
    counts.slice(0, place).reduce((sum, each) => addCounts(sum, each), nothing),
  );
  const packetsOfLoop = counts.reduce((sum, each) => addCounts(sum, each), nothing);
  return (number) => {
    const place = number % loop.length;
    const round = Math.floor(number / loop.length);
    const [segment, before] = [loop[place], packetsBefore[place]];
    if (!segment || !before) throw new TypeError(`There is no segment ${number}`);
    return movePiece(segment, { packets: addCounts(before, packetsOfLoop, round), ticks: round * loopMs * ticksPerMs });
  };
}
