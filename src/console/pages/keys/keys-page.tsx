/** The lanes of all regions, and what is done about them. */
import { Button, Group, Stack } from '@mantine/core';
import { IconDownload, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import { Adopt } from './adopt.tsx';
import { Findings } from './findings.tsx';
import { Generate } from './generate.tsx';
import { LaneCard } from './lane-card.tsx';
import { toLanes, toPlaceName } from './lanes.ts';

const calmMs = 10_000;
/** While a pair is replaced one wants to see it. */
const watchingMs = 1500;

/** The page. */
export default function KeysPage() {
  const [dialog, setDialog] = useState<'generate' | 'adopt'>();
  const mayChange = useMay('administer');
  const keys = useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/keys', { signal })),
    refetchInterval: ({ state }) =>
      state.data?.regions.some(({ rotation }) => rotation !== null) ? watchingMs : calmMs,
  });
  const buttons = mayChange && (
    <Group>
      <Button leftSection={<IconPlus size={16} />} onClick={() => setDialog('generate')}>
        Generate a key pair
      </Button>
      <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => setDialog('adopt')}>
        Adopt one from IVS
      </Button>
    </Group>
  );
  return (
    <Stack gap="lg">
      <QueryView query={keys}>
        {(found) => {
          const lanes = toLanes(found);
          if (lanes.length === 0)
            return (
              <EmptyState title="No key pair yet" action={buttons}>
                Tokens are signed with a key pair of the channel’s region. Generate one there, or adopt the one that
                signs today.
              </EmptyState>
            );
          return (
            <>
              {buttons}
              {lanes.map((lane) => (
                <LaneCard key={toPlaceName(lane)} lane={lane} />
              ))}
            </>
          );
        }}
      </QueryView>
      <Findings />
      {dialog === 'generate' && <Generate onClose={() => setDialog(undefined)} />}
      {dialog === 'adopt' && <Adopt onClose={() => setDialog(undefined)} />}
    </Stack>
  );
}
