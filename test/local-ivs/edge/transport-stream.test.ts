/** What moving a piece of a transport stream changes in it, and that it changes nothing else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCounts, countPackets, movePiece } from '../../../src/local-ivs/edge/transport-stream.ts';
import { type Packet, readPackets, readPesPackets } from './read-packets.ts';

const wrapTicks = 2n ** 33n;
const pids = [0, 0x11, 0x100, 0x101];

/** What a generated packet is made of. */
interface PacketFields {
  readonly pid: number;
  readonly counter: number;
  readonly pcr: bigint | undefined;
  readonly pcrExtension: number;
  readonly pts: bigint;
  readonly dts: bigint | undefined;
  readonly kind: 'video' | 'sound' | 'padding' | 'table' | 'middle' | 'nothing';
  readonly filling: Uint8Array;
}

const time = fc.bigInt(0n, wrapTicks - 1n);
const fields: fc.Arbitrary<PacketFields> = fc.record({
  pid: fc.constantFrom(...pids),
  counter: fc.nat(15),
  pcr: fc.option(time, { nil: undefined }),
  pcrExtension: fc.nat(299),
  pts: time,
  dts: fc.option(time, { nil: undefined }),
  kind: fc.constantFrom('video', 'sound', 'padding', 'table', 'middle', 'nothing'),
  filling: fc.uint8Array({ minLength: 188, maxLength: 188 }),
});
const piece = fc.array(fields, { maxLength: 12 });
const counts = fc
  .array(fc.tuple(fc.constantFrom(...pids), fc.nat(1_000_000)))
  .map((entries): ReadonlyMap<number, number> => new Map(entries));
const ticks = fc.oneof(
  fc.nat(1_000_000),
  fc.maxSafeNat().map((value) => value % 2 ** 48),
);

const toBits = (value: bigint, count: number) => value.toString(2).padStart(count, '0');
const toBytes = (bits: string) =>
  Buffer.from(
    BigInt(`0b${bits}`)
      .toString(16)
      .padStart(bits.length / 4, '0'),
    'hex',
  );

function toPacket(packet: PacketFields): Buffer {
  const { pid, counter, pcr, pcrExtension, kind, filling } = packet;
  const begins = kind !== 'middle' && kind !== 'nothing';
  const adaptation =
    pcr === undefined
      ? Buffer.alloc(0)
      : toBytes(`00000111${'00010000'}${toBits(pcr, 33)}111111${toBits(BigInt(pcrExtension), 9)}`);
  const control = `${pcr === undefined ? '0' : '1'}${kind === 'nothing' ? '0' : '1'}`;
  const header = toBytes(
    `010001110${begins ? '1' : '0'}0${toBits(BigInt(pid), 13)}00${control}${toBits(BigInt(counter), 4)}`,
  );
  return Buffer.concat([header, adaptation, toPayloadStart(packet), filling]).subarray(0, 188);
}

function toPayloadStart({ kind, pts, dts }: PacketFields): Buffer {
  if (kind === 'middle' || kind === 'nothing') return Buffer.alloc(0);
  if (kind === 'table') return Buffer.from('0000b00d0001c10000', 'hex');
  const start = Buffer.from(`000001${{ video: 'e0', sound: 'c0', padding: 'be' }[kind]}0000`, 'hex');
  const toTime = (mark: string, value: bigint) => {
    const bits = toBits(value, 33);
    return toBytes(`${mark}${bits.slice(0, 3)}1${bits.slice(3, 18)}1${bits.slice(18)}1`);
  };
  if (dts === undefined) return Buffer.concat([start, Buffer.from('808005', 'hex'), toTime('0010', pts)]);
  return Buffer.concat([start, Buffer.from('80c00a', 'hex'), toTime('0011', pts), toTime('0001', dts)]);
}

const toStream = (packets: readonly PacketFields[]) => Buffer.concat(packets.map(toPacket));

describe('a piece of a transport stream that is moved', () => {
  it('has its counters and its times as much later, and nothing else is changed', () => {
    fc.assert(
      fc.property(piece, counts, ticks, (packets, before, later) => {
        const shift = (value: bigint) => (value + BigInt(later)) % wrapTicks;
        const expected = packets.map((packet) => ({
          ...packet,
          counter: (packet.counter + (before.get(packet.pid) ?? 0)) % 16,
          pcr: packet.pcr === undefined ? undefined : shift(packet.pcr),
          // What looks like a time in a stream of padding is none.
          ...(packet.kind !== 'padding' && {
            pts: shift(packet.pts),
            dts: packet.dts === undefined ? undefined : shift(packet.dts),
          }),
        }));
        const original = toStream(packets);
        const moved = movePiece(original, { packets: before, ticks: later });
        expect(Buffer.from(moved).equals(toStream(expected))).toBe(true);
        expect(original.equals(toStream(packets))).toBe(true);
      }),
    );
  });

  it('goes as far in two steps as in one', () => {
    fc.assert(
      fc.property(piece, counts, counts, fc.nat(1e9), fc.nat(1e9), (packets, first, second, one, other) => {
        const stream = toStream(packets);
        const steps = movePiece(movePiece(stream, { packets: first, ticks: one }), { packets: second, ticks: other });
        expect(steps).toEqual(movePiece(stream, { packets: addCounts(first, second), ticks: one + other }));
      }),
    );
  });

  it('is read by a player as it was meant', () => {
    const fieldsOf = { pid: 0x100, counter: 15, pcr: wrapTicks - 1n, pcrExtension: 299, filling: new Uint8Array(188) };
    const stream = toStream([{ ...fieldsOf, kind: 'video', pts: wrapTicks - 2n, dts: wrapTicks - 3n }]);
    const packets = readPackets(movePiece(stream, { packets: new Map([[0x100, 2]]), ticks: 4 }));
    expect(packets[0]).toMatchObject({ pid: 0x100, counter: 1, pcr: 3n } satisfies Partial<Packet>);
    expect(readPesPackets(packets, 0x100)[0]).toMatchObject({ pts: 2n, dts: 1n });
  });

  it.each([
    ['that is not whole', Buffer.alloc(187, 0x47)],
    ['that begins with another byte', Buffer.alloc(188, 0x48)],
  ])('is refused when it has a packet %s', (_, stream) => {
    expect(() => movePiece(stream, { packets: new Map(), ticks: 0 })).toThrow(TypeError);
    expect(() => countPackets(stream)).toThrow(TypeError);
  });

  it('is refused when a header with a time may go on in the next packet', () => {
    // An adaptation field of 170 bytes leaves 13 to the payload.
    const stream = Buffer.alloc(188, 0xff);
    stream.write('47410030aa00', 0, 'hex');
    stream.write('000001e0000080c00a', 175, 'hex');
    expect(() => movePiece(stream, { packets: new Map(), ticks: 0 })).toThrow('may be longer than its packet');
  });
});

describe('the packets of a piece', () => {
  it('are counted where they have a payload', () => {
    fc.assert(
      fc.property(piece, (packets) => {
        const counted = countPackets(toStream(packets));
        for (const pid of pids)
          expect(counted.get(pid) ?? 0).toBe(packets.filter((one) => one.pid === pid && one.kind !== 'nothing').length);
      }),
    );
  });
});
