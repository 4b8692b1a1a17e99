/** The renditions of the stand-in's stream, and which of them a maximum resolution leaves. */
import { readFileSync } from 'node:fs';
import { createEndlessStream, type ReadSegment } from './endless-stream.ts';

/** The values of the claim `aws:maximum-resolution` (AWS user guide, private-channels-generate-tokens). */
export type MaximumResolution = 'SD' | 'HD' | 'FULL_HD';

/** One encoding of the stream. */
export interface Rendition {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly frameRate: number;
  /** RFC 6381, as the HLS attribute CODECS has it. */
  readonly codecs: string;
  /** The bit rate of the largest segment, in bits a second. */
  readonly bandwidth: number;
  /**
   * An MPEG-TS segment of `segmentMs`. A number stands for the same time in every rendition of every stream, so that a viewer may
   * join at any, and go from one rendition to another.
   */
  readonly readSegment: ReadSegment;
}

/** The duration of every segment in milliseconds. */
export const segmentMs = 2_000;
/** How many segments there are before the picture begins again. */
export const loopSegments = 8;

/** Best first, as IVS lists them. */
const encodings = [
  { name: '1080p30', width: 1920, height: 1080, frameRate: 30, codecs: 'avc1.4D4028,mp4a.40.2' },
  { name: '720p30', width: 1280, height: 720, frameRate: 30, codecs: 'avc1.4D401F,mp4a.40.2' },
  { name: '360p30', width: 640, height: 360, frameRate: 30, codecs: 'avc1.4D401E,mp4a.40.2' },
] as const;

/** SD up to 480 lines, HD up to 720, FULL_HD up to 1080 (AWS API reference, RenditionConfiguration). */
const maxHeight: Readonly<Record<MaximumResolution, number>> = { SD: 480, HD: 720, FULL_HD: 1080 };

/** Reads the renditions from `media/` beside this file. Throws when a segment is missing or is no transport stream. */
export function loadRenditions(): readonly Rendition[] {
  return encodings.map((encoding) => {
    const segments = Array.from({ length: loopSegments }, (_, index) =>
      readFileSync(new URL(`./media/${encoding.name}/${index}.mpegts`, import.meta.url)),
    );
    const largestBytes = Math.max(...segments.map((segment) => segment.length));
    return {
      ...encoding,
      bandwidth: Math.ceil((largestBytes * 8 * 1000) / segmentMs),
      readSegment: createEndlessStream(segments, loopSegments * segmentMs),
    };
  });
}

/** The renditions within a maximum resolution, in their order; the smallest one alone when all are above it. */
export function selectRenditions<R extends { readonly height: number }>(
  renditions: readonly R[],
  maximum: MaximumResolution | undefined,
): readonly R[] {
  if (maximum === undefined) return renditions;
  const within = renditions.filter(({ height }) => height <= maxHeight[maximum]);
  return within.length > 0 ? within : renditions.toSorted((a, b) => a.height - b.height).slice(0, 1);
}
