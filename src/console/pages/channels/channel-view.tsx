/** One channel: how it is, how it is watched, and what can be done. */
import { Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { CopyText } from '../../parts/copy-text.tsx';
import { LoadingState } from '../../parts/loading-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { Time } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import type { Wire } from '../../shell/wire.ts';
import { EveryoneOut } from './everyone-out.tsx';
import { LiveBadge, useStreams } from './live.tsx';
import { RegionKey } from './region-key.tsx';
import { Settings } from './settings.tsx';
import { TokensAMinute } from './tokens-a-minute.tsx';

// It brings a player along, which nobody needs who only looks.
const TestPlayer = lazy(() => import('./test-player.tsx'));

interface ChannelViewProps {
  readonly channelArn: string;
  readonly onBack: () => void;
}

/** The channel. */
export function ChannelView({ channelArn, onBack }: ChannelViewProps) {
  const channel = useQuery({
    queryKey: ['channels', channelArn],
    queryFn: ({ signal }) =>
      toData(api.GET('/v1/admin/channels/{channelArn}', { params: { path: { channelArn } }, signal })),
  });
  return (
    <Stack gap="lg">
      <Group>
        <Button variant="default" leftSection={<IconArrowLeft size={16} />} onClick={onBack}>
          All channels
        </Button>
      </Group>
      <QueryView query={channel}>{(found) => <Found channel={found} onForgotten={onBack} />}</QueryView>
    </Stack>
  );
}

function Found({ channel, onForgotten }: { readonly channel: Wire['Channel']; readonly onForgotten: () => void }) {
  const { channelArn, name } = channel;
  const mayOperate = useMay('operate');
  const mayIssue = useMay('administer');
  const stream = useStreams([channelArn])[channelArn];
  const isLive = stream !== undefined && stream !== 'unknown' && stream.live;
  return (
    <>
      <Stack gap={4}>
        <Group gap="sm">
          <Title order={2} size="h3">
            {name || 'without a name'}
          </Title>
          <LiveBadge stream={stream} />
        </Group>
        <CopyText text={channelArn} what="ARN" />
      </Stack>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <Fact title="Stream">
          {isLive ? <>since {stream.startedAt !== null && <Time at={stream.startedAt} />}</> : 'not live'}
        </Fact>
        <Fact title="Watching, as IVS counts">{isLive ? (stream.viewerCount ?? 'not counted') : 'nobody'}</Fact>
        <Fact title="Key of the region">
          <RegionKey channelArn={channelArn} />
        </Fact>
      </SimpleGrid>
      <TokensAMinute channelArn={channelArn} />
      {mayIssue && (
        <Suspense fallback={<LoadingState />}>
          <TestPlayer channelArn={channelArn} />
        </Suspense>
      )}
      <Settings channel={channel} onForgotten={onForgotten} />
      {mayOperate && <EveryoneOut channel={channel} isLive={isLive} />}
    </>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Card withBorder>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <Text component="div" size="lg" fw={600}>
        {children}
      </Text>
    </Card>
  );
}
