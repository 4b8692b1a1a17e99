/** What a new stream key is. */
import { createRandomId } from '../../random-id.ts';
import type { StreamKey } from '../../state/records.ts';
import type { Call } from '../call.ts';
import { createResource } from './resource.ts';

/** A new stream key, not yet stored; its value looks like the one in the API reference's example. */
export function createStreamKeyRecord(
  call: Call,
  { channelArn, tags }: { channelArn: string; tags?: StreamKey['tags'] | undefined },
): StreamKey {
  const value = `sk_${call.region}_${createRandomId(12)}_${createRandomId(30)}`;
  return { ...createResource(call, 'stream-key', { tags }), channelArn, value };
}
