/** Asks a playback edge for playlists and segments as a player does, over its socket. */
/** What came back. */
export interface EdgeAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Fetches a URL with the headers given. */
export async function fetchText(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EdgeAnswer> {
  const response = await fetch(url, { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** The playback URL of a channel on an edge that listens at `baseUrl`. */
export function toPlaybackUrl(baseUrl: string, channelArn: string, token?: string): string {
  const [, , , region, accountId, channel = ''] = channelArn.split(':');
  const url = `${baseUrl}/api/video/v1/${region}.${accountId}.${channel.replace('/', '.')}.m3u8`;
  return token === undefined ? url : `${url}?token=${token}`;
}

/** The URLs a playlist lists, in its order. */
export function listedUrls(playlist: string): readonly string[] {
  return playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The URL at a place in a playlist, from the end when negative. */
export function listedUrl(playlist: string, place: number): string {
  const url = listedUrls(playlist).at(place);
  if (url === undefined) throw new Error(`no URL at ${place} of the playlist:\n${playlist}`);
  return url;
}
