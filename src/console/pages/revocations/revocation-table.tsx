/** Revocations as a table. */
import { Anchor } from '@mantine/core';
import { ChannelName } from '../../parts/channels.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Time, toAbsolute } from '../../parts/time.tsx';
import type { Wire } from '../../shell/wire.ts';
import { Delivery } from './delivery.tsx';

type Revocation = Wire['Revocation'];

interface RevocationTableProps {
  readonly items: readonly Revocation[];
  readonly onChoose: (id: string) => void;
}

/** The table; whom each is about leads to it. */
export function RevocationTable({ items, onChoose }: RevocationTableProps) {
  return (
    <DataTable
      label="Revocations"
      rows={items}
      rowKey={({ id }) => id}
      columns={[
        {
          title: 'Who',
          cell: (revocation) => (
            <Anchor component="button" type="button" fw={600} ta="left" onClick={() => onChoose(revocation.id)}>
              {toWhom(revocation)}
            </Anchor>
          ),
        },
        {
          title: 'Where',
          cell: ({ channelArn }) => (channelArn === null ? 'everywhere' : <ChannelName channelArn={channelArn} />),
        },
        { title: 'Block', cell: ({ block }) => toBlockText(block) },
        { title: 'Told IVS', cell: (revocation) => <Delivery revocation={revocation} /> },
        { title: 'When', cell: ({ createdAt }) => <Time at={createdAt} /> },
        { title: 'Reason', cell: ({ reason }) => reason ?? '–' },
      ]}
      empty={
        <EmptyState title="There is none like that">
          Sessions of a viewer are ended on the page Viewer, those of everyone on the page of a channel.
        </EmptyState>
      }
    />
  );
}

/** Whom a revocation is about. */
export function toWhom({ viewerId, viewerCount }: Revocation): string {
  return viewerId ?? (viewerCount === null ? 'everyone' : `${viewerCount} viewers`);
}

/** Until when nobody of them gets a token. */
export function toBlockText(block: Revocation['block']): string {
  if (block === null) return 'none';
  return block.until === null ? 'until it is lifted' : `until ${toAbsolute(block.until)}`;
}
