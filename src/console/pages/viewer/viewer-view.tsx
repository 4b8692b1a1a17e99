/** Everything about one viewer: can they watch, why, what do they watch, what blocks them, and what can be done. */
import { Card, Group, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { ChannelChoice, useChannelName, useChannels } from '../../parts/channels.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import { useFilters } from '../../shell/filters.ts';
import type { Wire } from '../../shell/wire.ts';
import { Actions } from './actions.tsx';
import { Blocks } from './blocks.tsx';
import { Checks } from './checks.tsx';
import { Sessions } from './sessions.tsx';
import { toVerdict, VerdictCard } from './verdict.tsx';

/** `name` is a viewer id, or what the identity provider calls them; with `jwt` it is asked as this credential would be. */
export function ViewerView({ name, jwt }: { readonly name: string; readonly jwt?: string }) {
  const viewer = useQuery({
    queryKey: ['viewers', name],
    queryFn: ({ signal }) =>
      toData(api.GET('/v1/admin/viewers/{viewerId}', { params: { path: { viewerId: name } }, signal })),
    refetchInterval: 10_000,
  });
  return <QueryView query={viewer}>{(known) => <Known name={name} viewer={known} {...(jwt && { jwt })} />}</QueryView>;
}

interface KnownProps {
  readonly name: string;
  readonly viewer: Wire['Viewer'];
  readonly jwt?: string;
}

function Known({ name, viewer, jwt }: KnownProps) {
  const [filters, change] = useFilters('channel', 'country', 'origin');
  const { channels, isReady } = useChannels();
  const mayEnd = useMay('endViewers');
  const channelArn = filters.channel ?? viewer.channels[0]?.channelArn ?? channels[0]?.channelArn;
  const actions = mayEnd && <Actions name={name} viewer={viewer} channelArn={channelArn} />;
  return (
    <Stack gap="lg">
      <Card withBorder>
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          <ChannelChoice value={channelArn} onChange={(channel) => change({ channel })} />
          <PlaceField label="From the country" placeholder="DE" name="country" />
          <PlaceField label="On the page" placeholder="https://tv.example" name="origin" />
        </SimpleGrid>
      </Card>
      {channelArn !== undefined && <Explained {...{ name, channelArn, viewer, actions }} {...(jwt && { jwt })} />}
      {channelArn === undefined && isReady && (
        <EmptyState title="No channel to look at">
          Choose one above, or register one on the page Channels: whether somebody can watch depends on the channel.
        </EmptyState>
      )}
      {channelArn === undefined && actions}
      <Sessions viewer={viewer} name={name} />
      <Blocks viewer={viewer} name={name} />
    </Stack>
  );
}

/** Changed when it is left, or with Enter: not at every key. */
function PlaceField({
  name,
  ...field
}: {
  readonly name: 'country' | 'origin';
  readonly label: string;
  readonly placeholder: string;
}) {
  const [filters, change] = useFilters('country', 'origin');
  const value = filters[name] ?? '';
  const set = (text: string) => text.trim() !== value && change({ [name]: text.trim() });
  return (
    <TextInput
      {...field}
      key={value}
      defaultValue={value}
      onBlur={(event) => set(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Enter' && set(event.currentTarget.value)}
      autoComplete="off"
    />
  );
}

interface ExplainedProps extends KnownProps {
  readonly channelArn: string;
  /** What can be done, between the verdict and its reasons. */
  readonly actions: ReactNode;
}

function Explained({ name, channelArn, viewer, jwt, actions }: ExplainedProps) {
  const [{ country, origin }] = useFilters('country', 'origin');
  const nameOf = useChannelName();
  const whose = jwt === undefined ? { viewerId: name } : { jwt };
  const body = { channelArn, ...whose, ...(country && { country: country.toUpperCase() }), ...(origin && { origin }) };
  const explanation = useQuery({
    queryKey: ['viewers', name, 'explain', body, viewer.blocks.length],
    queryFn: ({ signal }) => toData(api.POST('/v1/admin/explain', { body, signal })),
    placeholderData: keepPreviousData,
  });
  return (
    <QueryView query={explanation}>
      {({ verdict, checks, blocks, until, refusedBecause }) => (
        <>
          <VerdictCard isGood={verdict === 'issued'} more={<ViewerIdLine viewerId={viewer.viewerId} name={name} />}>
            {name}{' '}
            {toVerdict(
              verdict,
              { until, reason: blocks[0]?.reason, country: body.country, origin },
              nameOf(channelArn),
            )}
            {refusedBecause === null ? '' : ` (${refusedBecause.replaceAll('_', ' ')})`}.
          </VerdictCard>
          {actions}
          <Checks checks={checks} />
        </>
      )}
    </QueryView>
  );
}

function ViewerIdLine({ viewerId, name }: { readonly viewerId: string; readonly name: string }) {
  if (viewerId === name) return null;
  return (
    <Group gap={6} mt={4}>
      <Text size="sm" c="dimmed">
        IVS knows them as
      </Text>
      <CopyText text={viewerId} what="viewer id" />
    </Group>
  );
}
