/** Which segments of an endless stream can be fetched at a moment. */
import { segmentMs } from './renditions.ts';

/** Segments, numbered from 0 at the start of the stream. Both ends are included. */
export interface LiveWindow {
  readonly oldest: number;
  readonly newest: number;
}

/** A stream that just started shows this many segments, so that a player can start at once. */
const segmentsAtStart = 3;

/** The number of the newest complete segment. */
export function newestSegment(startedAtMs: number, nowMs: number): number {
  return segmentsAtStart + Math.max(0, Math.floor((nowMs - startedAtMs) / segmentMs)) - 1;
}

/** The window of `length` segments that ends with the newest; shorter while the stream is young. */
export function toLiveWindow(newest: number, length: number): LiveWindow {
  return { oldest: Math.max(0, newest - length + 1), newest };
}

/**
 * The oldest segment that can still be fetched when a window of `length` is listed. One that left the playlist stays for as long as
 * itself and the longest playlist that listed it (RFC 8216 section 6.2.2).
 */
export function oldestKept(newest: number, length: number): number {
  return toLiveWindow(newest, length + 1 + length).oldest;
}

/** The time a segment begins, in unix milliseconds; the first ones lie before the start of the stream. */
export function segmentTimeMs(startedAtMs: number, segment: number): number {
  return startedAtMs + (segment - segmentsAtStart) * segmentMs;
}
