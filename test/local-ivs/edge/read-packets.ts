/** Reads MPEG transport streams as a player does (ISO/IEC 13818-1), for tests: packets first, then the PES packets in them. */

/** One packet of 188 bytes. */
export interface Packet {
  readonly pid: number;
  readonly counter: number;
  /** Whether a PES packet or a table begins in it. */
  readonly begins: boolean;
  readonly discontinuity: boolean;
  /** Ticks of 90 kHz. */
  readonly pcr?: bigint;
  readonly payload: Buffer;
}

/** One PES packet. Times are ticks of 90 kHz; a DTS that is not there is the PTS. */
export interface PesPacket {
  readonly pid: number;
  readonly pts: bigint;
  readonly dts: bigint;
  readonly data: Buffer;
}

export const videoPid = 0x100;
export const audioPid = 0x101;

const packetBytes = 188;

export function readPackets(stream: Uint8Array): readonly Packet[] {
  return Array.from({ length: stream.length / packetBytes }, (_, index) =>
    readPacket(Buffer.from(stream.subarray(index * packetBytes, (index + 1) * packetBytes))),
  );
}

function readPacket(bytes: Buffer): Packet {
  const bits = readBits(bytes);
  if (bits(0, 8) !== 0x47n) throw new Error('A packet begins with 0x47');
  const adaptation = bits(26, 1) === 1n ? 1 + Number(bits(32, 8)) : 0;
  const hasFlags = adaptation > 1;
  return {
    begins: bits(9, 1) === 1n,
    pid: Number(bits(11, 13)),
    counter: Number(bits(28, 4)),
    discontinuity: hasFlags && bits(40, 1) === 1n,
    ...(hasFlags && bits(43, 1) === 1n && { pcr: bits(48, 33) }),
    payload: bits(27, 1) === 1n ? bytes.subarray(4 + adaptation) : Buffer.alloc(0),
  };
}

/** The PES packets of a PID, put together of the packets they lie in. */
export function readPesPackets(packets: readonly Packet[], pid: number): readonly PesPacket[] {
  const parts: Buffer[][] = [];
  for (const packet of packets.filter((one) => one.pid === pid)) {
    if (packet.begins) parts.push([]);
    parts.at(-1)?.push(packet.payload);
  }
  return parts.map((part) => readPesPacket(pid, Buffer.concat(part)));
}

function readPesPacket(pid: number, bytes: Buffer): PesPacket {
  const bits = readBits(bytes);
  if (bits(0, 24) !== 1n || bits(56, 1) !== 1n)
    throw new Error('A PES packet of a medium begins with 000001 and has a PTS');
  const time = (byte: number) => {
    const at = byte * 8;
    if (bits(at + 7, 1) + bits(at + 23, 1) + bits(at + 39, 1) !== 3n) throw new Error('A time has three marker bits');
    return (bits(at + 4, 3) << 30n) | (bits(at + 8, 15) << 15n) | bits(at + 24, 15);
  };
  const pts = time(9);
  return { pid, pts, dts: bits(57, 1) === 1n ? time(14) : pts, data: bytes.subarray(9 + Number(bits(64, 8))) };
}

/** How many frames of AAC there are in ADTS (ISO/IEC 13818-7). */
export function countAdtsFrames(data: Buffer): number {
  let frames = 0;
  for (let place = 0; place < data.length; frames += 1) {
    const bits = readBits(data.subarray(place, place + 7));
    if (bits(0, 12) !== 0xfffn) throw new Error('An ADTS frame begins with 12 bits of 1');
    place += Number(bits(30, 13));
    if (place > data.length) throw new Error('The last ADTS frame is not whole');
  }
  return frames;
}

/** Reads so many bits from a place, counted in bits. */
function readBits(bytes: Buffer): (from: number, count: number) => bigint {
  return (from, count) => {
    const [first, end] = [from >> 3, (from + count + 7) >> 3];
    const read = BigInt(`0x${bytes.toString('hex', first, end) || '0'}`);
    return (read >> BigInt(end * 8 - from - count)) & ((1n << BigInt(count)) - 1n);
  };
}
