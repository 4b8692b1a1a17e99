/** Ids of the records that are made here. */
import type { Random } from './system.ts';

/** A random id: the prefix and 20 hexadecimal digits (80 bits). */
export function createRecordId(prefix: string, random: Random): string {
  return `${prefix}_${toHex(random.bytes(10))}`;
}

/** A random id that sorts by the millisecond of its making. */
export function createSortableId(prefix: string, nowMs: number, random: Random): string {
  return `${prefix}_${nowMs.toString(16).padStart(12, '0')}${toHex(random.bytes(6))}`;
}

/** The millisecond of the making of an id that sorts by it. */
export function toMadeAtMs(sortableId: string): number {
  return Number.parseInt(sortableId.slice(sortableId.indexOf('_') + 1).slice(0, 12), 16);
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
