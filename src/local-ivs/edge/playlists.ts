/** The text of the HLS playlists (RFC 8216), with the tags IVS sends. */
import { type LiveWindow, segmentTimeMs } from './live-window.ts';
import { type Rendition, segmentMs } from './renditions.ts';

/** What the multivariant playlist lists. */
export interface MultivariantPlaylist {
  readonly streamId: string;
  readonly sessionId: string;
  /** Two capital letters, when known. */
  readonly country?: string | undefined;
  readonly variants: readonly { readonly rendition: Rendition; readonly url: string }[];
}

/** What a variant playlist lists. */
export interface VariantPlaylist {
  readonly window: LiveWindow;
  readonly startedAtMs: number;
  /** Whether nothing follows, which a player learns from EXT-X-ENDLIST. */
  readonly ended: boolean;
  readonly segmentUrl: (segment: number) => string;
}

/** Writes the playlist of the renditions, best first. */
export function toMultivariantPlaylist({ streamId, sessionId, country, variants }: MultivariantPlaylist): string {
  const sessionData = Object.entries({
    'BROADCAST-ID': streamId,
    'VIDEO-SESSION-ID': sessionId,
    'USER-COUNTRY': country,
  }).flatMap(([id, value]) => (value ? [`#EXT-X-SESSION-DATA:DATA-ID="${id}",VALUE="${value}"`] : []));
  return ['#EXTM3U', ...sessionData, ...variants.flatMap(toVariantLines), ''].join('\n');
}

function toVariantLines({ rendition, url }: MultivariantPlaylist['variants'][number]): readonly string[] {
  const { name, width, height, frameRate, codecs, bandwidth } = rendition;
  return [
    `#EXT-X-MEDIA:TYPE=VIDEO,GROUP-ID="${name}",NAME="${name}",AUTOSELECT=YES,DEFAULT=YES`,
    `#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},RESOLUTION=${width}x${height},CODECS="${codecs}",VIDEO="${name}",FRAME-RATE=${frameRate.toFixed(3)}`,
    url,
  ];
}

/** Writes the playlist of a rendition's segments. */
export function toVariantPlaylist({ window, startedAtMs, ended, segmentUrl }: VariantPlaylist): string {
  const { oldest, newest } = window;
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:3',
    `#EXT-X-TARGETDURATION:${segmentMs / 1000}`,
    `#EXT-X-MEDIA-SEQUENCE:${oldest}`,
    `#EXT-X-NET-LIVE-VIDEO-LIVE-SEQUENCE:${newest}`,
    `#EXT-X-NET-LIVE-VIDEO-ELAPSED-SECS:${((oldest * segmentMs) / 1000).toFixed(3)}`,
  ];
  for (let segment = oldest; segment <= newest; segment += 1) {
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(segmentTimeMs(startedAtMs, segment)).toISOString()}`);
    lines.push(`#EXTINF:${(segmentMs / 1000).toFixed(3)},live`, segmentUrl(segment));
  }
  if (ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}
