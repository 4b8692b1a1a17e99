/** How one piece of an MPEG transport stream is made to run on from another: its counters and its times (ISO/IEC 13818-1). */

/** How many packets with a payload each PID has. */
export type PacketCounts = ReadonlyMap<number, number>;

/** A place in a stream at which a piece may begin. */
export interface StreamPosition {
  /** The packets before it. The continuity counter of a PID rises by one with each, from 0 to 15 and round again. */
  readonly packets: PacketCounts;
  /** How much later every PTS, DTS and PCR is, in ticks of 90 kHz. The times wrap at 2^33 ticks, which are 26.5 hours. */
  readonly ticks: number;
}

const packetBytes = 188;
const syncByte = 0x47;
const wrapTicks = 2 ** 33;

/** Counts the packets of a piece. Throws a TypeError when it is not made of whole packets. */
export function countPackets(piece: Uint8Array): PacketCounts {
  const counts = new Map<number, number>();
  const bytes = toView(piece);
  for (const packet of packetsOf(bytes)) {
    if (hasPayload(bytes, packet)) counts.set(readPid(bytes, packet), (counts.get(readPid(bytes, packet)) ?? 0) + 1);
  }
  return counts;
}

/** The counts of two pieces together, or of one piece several times. */
export function addCounts(one: PacketCounts, other: PacketCounts, times = 1): PacketCounts {
  const sum = new Map(one);
  for (const [pid, count] of other) sum.set(pid, (sum.get(pid) ?? 0) + count * times);
  return sum;
}

/**
 * A copy of a piece, whose own counters begin at 0, as it is when it begins at a place in the stream. Nothing else in it is changed.
 * Throws a TypeError when it is not made of whole packets, or a header with a time in it is longer than its packet.
 */
export function movePiece(piece: Uint8Array, { packets, ticks }: StreamPosition): Uint8Array<ArrayBuffer> {
  const moved = Uint8Array.from(piece);
  const bytes = toView(moved);
  for (const packet of packetsOf(bytes)) {
    addToCounter(bytes, packet, packets.get(readPid(bytes, packet)) ?? 0);
    const pcr = findPcr(bytes, packet);
    if (pcr !== undefined) addToPcr(bytes, pcr, ticks);
    for (const time of findTimes(bytes, packet)) addToTime(bytes, time, ticks);
  }
  return moved;
}

function toView({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** Where each packet begins. */
function* packetsOf(bytes: DataView): Generator<number> {
  if (bytes.byteLength % packetBytes !== 0) throw new TypeError('The last packet of the transport stream is not whole');
  for (let packet = 0; packet < bytes.byteLength; packet += packetBytes) {
    if (bytes.getUint8(packet) !== syncByte) throw new TypeError(`No packet of a transport stream begins at ${packet}`);
    yield packet;
  }
}

function readPid(bytes: DataView, packet: number): number {
  return bytes.getUint16(packet + 1) & 0x1fff;
}

function hasPayload(bytes: DataView, packet: number): boolean {
  return (bytes.getUint8(packet + 3) & 0x10) !== 0;
}

/** The adaptation field with the byte that says its length; 0 where there is none. */
function adaptationBytes(bytes: DataView, packet: number): number {
  return (bytes.getUint8(packet + 3) & 0x20) === 0 ? 0 : 1 + bytes.getUint8(packet + 4);
}

function addToCounter(bytes: DataView, packet: number, count: number): void {
  const before = bytes.getUint8(packet + 3);
  bytes.setUint8(packet + 3, (before & 0xf0) | ((before + count) & 0x0f));
}

function findPcr(bytes: DataView, packet: number): number | undefined {
  const hasFlags = adaptationBytes(bytes, packet) > 1;
  return hasFlags && (bytes.getUint8(packet + 5) & 0x10) !== 0 ? packet + 6 : undefined;
}

/** 33 bits, and behind them those that count 27 MHz, which are left as they are. */
function addToPcr(bytes: DataView, place: number, ticks: number): void {
  const last = bytes.getUint8(place + 4);
  const time = (bytes.getUint32(place) * 2 + (last >> 7) + ticks) % wrapTicks;
  bytes.setUint32(place, Math.floor(time / 2));
  bytes.setUint8(place + 4, ((time % 2) << 7) | (last & 0x7f));
}

/** Where PTS and DTS stand, in a packet with the beginning of a PES packet of sound (stream ids C0 to DF) or video (E0 to EF). */
function findTimes(bytes: DataView, packet: number): readonly number[] {
  const isStart = (bytes.getUint8(packet + 1) & 0x40) !== 0;
  const pes = packet + 4 + adaptationBytes(bytes, packet);
  const end = packet + packetBytes;
  if (!isStart || !hasPayload(bytes, packet) || pes + 4 > end) return [];
  const startCode = bytes.getUint32(pes);
  if (startCode < 0x1c0 || startCode > 0x1ef) return [];
  if (pes + 19 > end) throw new TypeError(`The PES header at ${pes} may be longer than its packet`);
  const flags = bytes.getUint8(pes + 7) >> 6;
  return [pes + 9, pes + 14].slice(0, flags === 0b11 ? 2 : flags === 0b10 ? 1 : 0);
}

/** 3, 15 and 15 bits, a marker bit behind each, and before them 4 bits that say which time it is. */
function addToTime(bytes: DataView, place: number, ticks: number): void {
  const [high, middle, low] = [bytes.getUint8(place), bytes.getUint16(place + 1), bytes.getUint16(place + 3)];
  const time = (((high >> 1) & 0b111) * 2 ** 30 + (middle >> 1) * 2 ** 15 + (low >> 1) + ticks) % wrapTicks;
  bytes.setUint8(place, (high & 0xf1) | (Math.floor(time / 2 ** 30) << 1));
  bytes.setUint16(place + 1, ((Math.floor(time / 2 ** 15) % 2 ** 15) << 1) | (middle & 1));
  bytes.setUint16(place + 3, ((time % 2 ** 15) << 1) | (low & 1));
}
