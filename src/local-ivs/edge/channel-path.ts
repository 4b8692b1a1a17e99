/** Which channel the name of a multivariant playlist means. */

/** A channel as its playback URL names it. */
export interface ChannelName {
  readonly region: string;
  readonly accountId: string;
  readonly channelId: string;
}

const playlistName =
  /^(?:aws\.ivs\.)?(?<region>[a-z0-9-]{1,32})\.(?<accountId>\d{1,12})\.channel\.(?<channelId>[a-zA-Z0-9-]{1,64})\.m3u8$/;

/**
 * Reads the last path segment of a playback URL, `<region>.<account>.channel.<id>.m3u8`, or its older form that begins with
 * `aws.ivs.` (AWS user guide, private-channels-enable-playback-auth). Undefined when it is neither.
 */
export function parsePlaylistName(name: string): ChannelName | undefined {
  const groups = playlistName.exec(name)?.groups;
  const { region, accountId, channelId } = groups ?? {};
  if (region === undefined || accountId === undefined || channelId === undefined) return undefined;
  return { region, accountId, channelId };
}
