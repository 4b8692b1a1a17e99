/** An API client as it is stored. */
import type { ClientId } from '../ids.ts';
import type { ChannelList, ClientRole } from './caller.ts';

/** A stored client. Its key is not here: only the key's hash is. */
export interface ApiClient {
  readonly id: ClientId;
  readonly name: string;
  readonly role: ClientRole;
  readonly channels: ChannelList;
  /** SHA-256 of the whole key, in hex. */
  readonly keyHash: string;
  /** Unix seconds. */
  readonly createdAt: number;
}
