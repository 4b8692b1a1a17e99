/** Whose JWT it is, and what its viewer would be told. */
import { useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { useChannels } from '../../parts/channels.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { api } from '../../shell/api.ts';
import { useFilters } from '../../shell/filters.ts';
import { toVerdict, VerdictCard } from './verdict.tsx';
import { ViewerView } from './viewer-view.tsx';

/** The viewer of the JWT, or why it is nobody's. */
export function JwtView({ jwt }: { readonly jwt: string }) {
  const [{ channel }] = useFilters('channel');
  const { channels, isReady } = useChannels();
  const channelArn = channel ?? channels[0]?.channelArn;
  const explanation = useQuery({
    // What is secret is forgotten with the page.
    queryKey: ['jwt', jwt, channelArn],
    queryFn: ({ signal }) =>
      toData(api.POST('/v1/admin/explain', { body: { channelArn: channelArn ?? '', jwt }, signal })),
    enabled: channelArn !== undefined,
    gcTime: 0,
    staleTime: 0,
  });
  if (channelArn === undefined && isReady)
    return (
      <EmptyState title="No channel to look at">
        A JWT is judged for a channel: register one on the page Channels.
      </EmptyState>
    );
  return (
    <QueryView query={explanation}>
      {({ viewerId, verdict, refusedBecause }) =>
        viewerId === null ? (
          <VerdictCard isGood={false}>
            Who has this JWT {toVerdict(verdict, {})} ({refusedBecause?.replaceAll('_', ' ')}).
          </VerdictCard>
        ) : (
          <ViewerView name={viewerId} jwt={jwt} />
        )
      }
    </QueryView>
  );
}
