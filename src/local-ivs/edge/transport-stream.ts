/** Segments of a loop as one stream without an end: counters and times of MPEG-TS run on from each segment to the next (ISO/IEC 13818-1, 2.4.3). */

const packetBytes = 188;
const syncByte = 0x47;

/** Times are counted in 90,000ths of a second, in 33 bits (2.4.3.7): they begin anew after 26.5 hours, which players know. */
const ticksInSecond = 90_000;
const ticksModulus = 2 ** 33;

/** Where a segment has what changes with its place in the stream. */
interface Marks {
  /** The fourth byte of each packet, whose low half counts, and the stream that it counts in. */
  readonly counters: readonly { readonly at: number; readonly pid: number }[];
  /** PTS and DTS: five bytes each. */
  readonly timestamps: readonly number[];
  /** The base of each PCR: four bytes and a bit. */
  readonly clocks: readonly number[];
  /** How many packets with a payload there are, by stream. */
  readonly payloads: ReadonlyMap<number, number>;
}

/** Gives a segment by its number in the stream, from 0; after the last of the loop comes the first. */
export type FindSegment = (segment: number) => Uint8Array<ArrayBuffer>;

/** Joins the segments of a loop, each of `segmentMs`. Throws a TypeError for what is no MPEG-TS. */
export function joinSegments(segments: readonly Uint8Array[], segmentMs: number): FindSegment {
  const marks = segments.map(findMarks);
  const before = marks.map((_, index) => sumPayloads(marks.slice(0, index)));
  const inLoop = sumPayloads(marks);
  const ticksInLoop = (segments.length * segmentMs * ticksInSecond) / 1000;

  return function findSegment(segment) {
    const index = segment % segments.length;
    const loops = Math.floor(segment / segments.length);
    const bytes = Uint8Array.from(segments[index] ?? []);
    const { counters = [], timestamps = [], clocks = [] } = marks[index] ?? {};
    const ticks = (loops * ticksInLoop) % ticksModulus;
    for (const { at, pid } of counters) {
      const earlier = (loops * (inLoop.get(pid) ?? 0) + (before[index]?.get(pid) ?? 0)) % 16;
      const byte = bytes[at] ?? 0;
      bytes[at] = (byte & 0xf0) | ((byte + earlier) & 0x0f);
    }
    for (const at of timestamps) writeTimestamp(bytes, at, (readTimestamp(bytes, at) + ticks) % ticksModulus);
    for (const at of clocks) writeClock(bytes, at, (readClock(bytes, at) + ticks) % ticksModulus);
    return bytes;
  };
}

function sumPayloads(marks: readonly Marks[]): ReadonlyMap<number, number> {
  const sum = new Map<number, number>();
  for (const { payloads } of marks) for (const [pid, count] of payloads) sum.set(pid, (sum.get(pid) ?? 0) + count);
  return sum;
}

function findMarks(bytes: Uint8Array): Marks {
  const counters: { at: number; pid: number }[] = [];
  const [timestamps, clocks]: [number[], number[]] = [[], []];
  const payloads = new Map<number, number>();
  for (let at = 0; at < bytes.length; at += packetBytes) {
    const [sync, high = 0, low = 0, flags = 0, adaptationBytes = 0, adaptation = 0] = bytes.subarray(at, at + 6);
    if (sync !== syncByte || at + packetBytes > bytes.length) throw new TypeError('a segment is no MPEG-TS');
    const pid = ((high & 0x1f) << 8) | low;
    const [hasAdaptation, hasPayload] = [(flags & 0x20) !== 0, (flags & 0x10) !== 0];
    counters.push({ at: at + 3, pid });
    if (hasAdaptation && adaptationBytes > 0 && (adaptation & 0x10) !== 0) clocks.push(at + 6);
    if (!hasPayload) continue;
    payloads.set(pid, (payloads.get(pid) ?? 0) + 1);
    const begins = (high & 0x40) !== 0;
    if (begins) timestamps.push(...findTimestamps(bytes, at + 4 + (hasAdaptation ? 1 + adaptationBytes : 0)));
  }
  return { counters, timestamps, clocks, payloads };
}

/** Of the PES packet that begins there, if one does (2.4.3.6): tables begin otherwise. */
function findTimestamps(bytes: Uint8Array, at: number): number[] {
  const [zero, alsoZero, one, , , , , flags = 0] = bytes.subarray(at, at + 8);
  if (zero !== 0 || alsoZero !== 0 || one !== 1) return [];
  const [pts, dts] = [at + 9, at + 14];
  return [...((flags & 0x80) !== 0 ? [pts] : []), ...((flags & 0xc0) === 0xc0 ? [dts] : [])];
}

/** Three, fifteen and fifteen bits, each with a marker behind it. */
function readTimestamp(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5);
  return ((a >> 1) & 0x07) * 2 ** 30 + ((b << 22) | ((c >> 1) << 15) | (d << 7) | (e >> 1));
}

function writeTimestamp(bytes: Uint8Array, at: number, ticks: number): void {
  const high = Math.floor(ticks / 2 ** 30);
  const low = ticks % 2 ** 30;
  bytes[at] = ((bytes[at] ?? 0) & 0xf1) | (high << 1);
  bytes[at + 1] = low >> 22;
  bytes[at + 2] = ((low >> 14) & 0xfe) | 1;
  bytes[at + 3] = (low >> 7) & 0xff;
  bytes[at + 4] = ((low << 1) & 0xfe) | 1;
}

function readClock(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at, at + 5);
  return (a * 2 ** 24 + ((b << 16) | (c << 8) | d)) * 2 + (e >> 7);
}

function writeClock(bytes: Uint8Array, at: number, ticks: number): void {
  const high = Math.floor(ticks / 2);
  bytes[at] = Math.floor(high / 2 ** 24);
  bytes[at + 1] = (high >> 16) & 0xff;
  bytes[at + 2] = (high >> 8) & 0xff;
  bytes[at + 3] = high & 0xff;
  bytes[at + 4] = ((bytes[at + 4] ?? 0) & 0x7f) | ((ticks % 2) << 7);
}
