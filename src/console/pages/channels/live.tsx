/** Whether channels are live: asked of IVS, one after the other, as it takes but five questions a second. */
import { Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ApiError, toData } from '../../../api-client/api-client.ts';
import { api } from '../../shell/api.ts';
import type { Wire } from '../../shell/wire.ts';

/** What IVS said; `unknown` where it did not answer, undefined until it does. */
export type StreamState = Wire['Stream'] | 'unknown' | undefined;

/** The streams of these channels, asked for again every half a minute. */
export function useStreams(channelArns: readonly string[]): Readonly<Record<string, StreamState>> {
  const { data } = useQuery({
    queryKey: ['streams', channelArns],
    queryFn: async ({ signal }) => {
      const found: Record<string, StreamState> = {};
      for (const channelArn of channelArns) found[channelArn] = await askStream(channelArn, signal);
      return found;
    },
    enabled: channelArns.length > 0,
    refetchInterval: 30_000,
  });
  return data ?? {};
}

async function askStream(channelArn: string, signal: AbortSignal): Promise<StreamState> {
  try {
    return await toData(
      api.GET('/v1/admin/channels/{channelArn}/stream', { params: { path: { channelArn } }, signal }),
    );
  } catch (error) {
    if (error instanceof ApiError && error.status !== 401) return 'unknown';
    throw error;
  }
}

/** Live, not live, or not known. */
export function LiveBadge({ stream }: { readonly stream: StreamState }) {
  if (stream === undefined)
    return (
      <Badge variant="default" tt="none">
        asking IVS
      </Badge>
    );
  if (stream === 'unknown')
    return (
      <Badge variant="default" tt="none" title="IVS did not answer, or the service may not ask: it needs ivs:GetStream">
        not known
      </Badge>
    );
  if (!stream.live)
    return (
      <Badge variant="default" tt="none">
        not live
      </Badge>
    );
  return (
    <Badge tt="none" title={stream.health === 'STARVING' ? 'IVS gets too little of the stream' : undefined}>
      {stream.health === 'STARVING' ? 'live, starving' : 'live'}
    </Badge>
  );
}
