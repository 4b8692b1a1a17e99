/** How many tokens were asked for in the last hour, minute by minute: issued, and refused. */
import { Card, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { api } from '../../shell/api.ts';
import type { Wire } from '../../shell/wire.ts';
import classes from './tokens-a-minute.module.css';

/** A sentence, and a bar for each minute. */
export function TokensAMinute({ channelArn }: { readonly channelArn: string }) {
  const stats = useQuery({
    queryKey: ['stats', channelArn],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/stats', { params: { query: { channelArn } }, signal })),
    refetchInterval: 5000,
  });
  return (
    <Card withBorder>
      <Title order={3} size="h4" mb="xs">
        Tokens a minute
      </Title>
      <QueryView query={stats}>{(found) => <LastHour stats={found} />}</QueryView>
    </Card>
  );
}

function LastHour({ stats: { items, total } }: { readonly stats: Wire['Stats'] }) {
  const issuedNow = (items.at(-1)?.issued ?? 0) + (items.at(-2)?.issued ?? 0);
  const refused = countRefused(total.refused);
  const most = Math.max(1, ...items.map(({ issued, refused: codes }) => issued + countRefused(codes)));
  return (
    <>
      <Text size="sm">
        {issuedNow} in the last two minutes; {total.issued} in the last hour, and {refused} refused
        {refused > 0 && ` (${toCodes(total.refused)})`}.
      </Text>
      <Group gap={2} align="flex-end" h={56} mt="sm" wrap="nowrap" aria-hidden>
        {items.map(({ at, issued, refused: codes }) => (
          <div key={at} className={classes.minute} title={`${at}: ${issued} issued, ${countRefused(codes)} refused`}>
            <div className={classes.refused} style={{ height: `${(countRefused(codes) / most) * 100}%` }} />
            <div className={classes.issued} style={{ height: `${(issued / most) * 100}%` }} />
          </div>
        ))}
      </Group>
    </>
  );
}

function countRefused(codes: Readonly<Record<string, unknown>>): number {
  return Object.values(codes).reduce<number>((sum, count) => sum + Number(count), 0);
}

function toCodes(codes: Readonly<Record<string, unknown>>): string {
  return Object.entries(codes)
    .map(([code, count]) => `${code} ${count}`)
    .join(', ');
}
