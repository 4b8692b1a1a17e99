/** What the playback edge asks of the local IVS's state. The state implements it; the edge knows nothing else of it. */

/** A channel as the edge sees it. */
export interface EdgeChannel {
  readonly arn: string;
  /** A private channel: a playback token is needed, and the restriction policy is ignored. */
  readonly authorized: boolean;
  /** The stream being broadcast; absent when the channel is offline. */
  readonly stream?: { readonly streamId: string; readonly startedAtMs: number };
  /** The attached playback restriction policy, which only counts on a public channel. */
  readonly restrictionPolicy?: {
    readonly allowedCountries: readonly string[];
    readonly allowedOrigins: readonly string[];
    readonly enableStrictOriginEnforcement: boolean;
  };
}

/** Every time is unix milliseconds, by the local IVS's own clock. */
export interface EdgeState {
  now(): number;
  findChannel(region: string, accountId: string, channelId: string): EdgeChannel | undefined;
  /** The DER SubjectPublicKeyInfo (base64) of each key pair of the account and region that is in effect now. */
  playbackKeys(region: string, accountId: string): readonly { readonly arn: string; readonly spki: string }[];
  /** The highest revoked session version of that viewer on that channel that is in effect now; undefined when never revoked. */
  revokedVersion(channelArn: string, viewerId: string): number | undefined;
  /** Uses a single-use id up. False when it was used before. Remembered until `forgetAtMs`. */
  useSingleUseId(channelArn: string, uuid: string, forgetAtMs: number): boolean;
}
