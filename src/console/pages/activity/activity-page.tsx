/** What goes on: each chart answers a question, which is its title, and says the answer in a sentence. */
import '@mantine/charts/styles.css';
import { BarChart, LineChart } from '@mantine/charts';
import { Card, SegmentedControl, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { ChannelChoice } from '../../parts/channels.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { toDuration } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useFilters } from '../../shell/filters.ts';
import type { Wire } from '../../shell/wire.ts';
import { listCodes, toLimitHits, toPoints } from './points.ts';

const spans = {
  hour: { label: 'The last hour', ms: 3_600_000, step: '1m' },
  days: { label: 'Two days', ms: 48 * 3_600_000, step: '1h' },
} as const;

const refetchMs = 5000;

/** The page. */
export default function ActivityPage() {
  const [{ span, channel }, change] = useFilters('span', 'channel');
  const chosen = span === 'days' ? 'days' : 'hour';
  const stats = useQuery({
    queryKey: ['stats', chosen, channel],
    queryFn: ({ signal }) => {
      const { ms, step } = spans[chosen];
      const from = new Date(Date.now() - ms).toISOString();
      const query = { from, step, ...(channel && { channelArn: channel }) };
      return toData(api.GET('/v1/admin/stats', { params: { query }, signal }));
    },
    refetchInterval: refetchMs,
  });
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }} style={{ alignItems: 'end' }}>
        <SegmentedControl
          aria-label="For how long"
          value={chosen}
          onChange={(value) => change({ span: value })}
          data={Object.entries(spans).map(([value, { label }]) => ({ value, label }))}
        />
        <ChannelChoice
          value={channel}
          onChange={(channelArn) => change({ channel: channelArn })}
          label="Channel (all without one)"
        />
      </SimpleGrid>
      <QueryView query={stats}>{(found) => <Charts stats={found} />}</QueryView>
    </Stack>
  );
}

function Charts({ stats }: { readonly stats: Wire['Stats'] }) {
  const points = toPoints(stats);
  const codes = listCodes(stats);
  const { total } = stats;
  const refused = codes.reduce((sum, { count }) => sum + count, 0);
  const limits = toLimitHits(codes);
  const { lag } = total;
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }}>
      <Question title="Are tokens being issued?" answer={`${total.issued} were issued.`}>
        <BarChart h={200} data={points} dataKey="at" series={[{ name: 'issued', color: 'teal.7' }]} withTooltip />
      </Question>
      <Question
        title="Who is refused, and why?"
        answer={
          refused === 0
            ? 'Nobody was refused.'
            : `${refused} were: ${codes.map(({ code, count }) => `${code} ${count}`).join(', ')}.`
        }
      >
        <BarChart
          h={200}
          data={points}
          dataKey="at"
          type="stacked"
          series={codes.map(({ code }, index) => ({ name: code, color: colors[index % colors.length] ?? 'gray.6' }))}
        />
      </Question>
      <Question
        title="How fast does IVS learn of a revocation?"
        answer={
          lag.count === 0
            ? 'There was none to tell of.'
            : `${lag.count} deliveries: ${toSeconds(lag.meanMs ?? 0)} on average, ${toSeconds(lag.maxMs ?? 0)} at most.`
        }
      >
        <LineChart h={200} data={points} dataKey="at" series={[{ name: 'lag', color: 'indigo.6' }]} unit=" s" />
      </Question>
      <Question
        title="Are limits hit?"
        answer={limits === 0 ? 'None was hit.' : `${limits} requests were above a limit.`}
      >
        <BarChart h={200} data={points} dataKey="at" series={[{ name: 'limits', color: 'orange.7' }]} />
      </Question>
    </SimpleGrid>
  );
}

const colors = ['red.7', 'orange.6', 'grape.6', 'blue.6', 'yellow.8', 'pink.6', 'cyan.7'];

function toSeconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : toDuration(ms / 1000);
}

interface QuestionProps {
  readonly title: string;
  readonly answer: string;
  readonly children: ReactNode;
}

/** The sentence says all that the chart does, for who cannot see it. */
function Question({ title, answer, children }: QuestionProps) {
  return (
    <Card withBorder>
      <Title order={2} size="h5">
        {title}
      </Title>
      <Text size="sm" mb="sm">
        {answer}
      </Text>
      <div aria-hidden inert>
        {children}
      </div>
    </Card>
  );
}
