/** Whether the region of a channel has a key pair that signs. */
import { Badge, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { api } from '../../shell/api.ts';
import { useCaller } from '../../shell/caller.tsx';
import { isLimited } from '../../shell/permissions.ts';

/** The region, and what is with its keys: nothing signs, or a rotation is under way. */
export function RegionKey({ channelArn }: { readonly channelArn: string }) {
  const isOffered = !isLimited(useCaller());
  const { data } = useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/keys', { signal })),
    enabled: isOffered,
    staleTime: 30_000,
  });
  const [, , , region = '', accountOfArn] = channelArn.split(':');
  // Keys of the service's own account name none.
  const isThere = (each: { readonly region: string; readonly account: string | null }) =>
    each.region === region && (each.account === null || each.account === accountOfArn);
  const signs = data?.items.some((pair) => isThere(pair) && pair.state === 'active');
  const rotates = data?.regions.some((each) => isThere(each) && each.rotation !== null);
  return (
    <Group gap={6}>
      <Text size="sm">{signs ? `signs in ${region}` : region}</Text>
      {signs === false && (
        <Badge color="red" tt="none">
          no key signs
        </Badge>
      )}
      {rotates && (
        <Badge variant="default" tt="none">
          rotating
        </Badge>
      )}
    </Group>
  );
}
