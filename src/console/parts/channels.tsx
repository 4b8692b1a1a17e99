/** Channels as people name them: found by name, shown by name, chosen by name, while the API knows ARNs. */
import { Autocomplete, Code, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { toData } from '../../api-client/api-client.ts';
import { api } from '../shell/api.ts';
import { useCaller, useMay } from '../shell/caller.tsx';
import type { Wire } from '../shell/wire.ts';

/** As many channels as the service lists at a time: who has more gives the ARN. */
const listedAtOnce = 100;

/** The first channels by their ARNs, and whether there are more. Who may not list channels knows those of their credential. */
export function useChannels() {
  const { channels } = useCaller();
  const isOffered = useMay('read');
  const { data } = useQuery({
    queryKey: ['channels', 'names'],
    queryFn: ({ signal }) =>
      toData(api.GET('/v1/admin/channels', { params: { query: { limit: listedAtOnce } }, signal })),
    enabled: isOffered,
    staleTime: 30_000,
  });
  const own = channels.filter((each) => each !== '*');
  return {
    isReady: data !== undefined || !isOffered,
    channels:
      data?.items ?? own.map((channelArn): Pick<Wire['Channel'], 'channelArn' | 'name'> => ({ channelArn, name: '' })),
    hasMore: isOffered ? data?.nextCursor !== null : own.length === 0,
  };
}

/** What the channel is called; the last part of its ARN where it has no name, or is none of the first. */
export function useChannelName(): (channelArn: string) => string {
  const { channels } = useChannels();
  const names = new Map(channels.map(({ channelArn, name }) => [channelArn, name]));
  return (channelArn) => names.get(channelArn) || toShortArn(channelArn);
}

/** The name of the channel, with its ARN for who points at it. */
export function ChannelName({ channelArn }: { readonly channelArn: string }) {
  const nameOf = useChannelName();
  return (
    <Text span title={channelArn} fw={500}>
      {nameOf(channelArn)}
    </Text>
  );
}

interface ChannelChoiceProps {
  readonly value: string | undefined;
  readonly onChange: (channelArn: string | undefined) => void;
  readonly label?: string;
}

/** A choice of channels; where there are more than are listed, an ARN may be given. */
export function ChannelChoice({ value, onChange, label = 'Channel' }: ChannelChoiceProps) {
  const { channels, hasMore } = useChannels();
  const nameOf = useChannelName();
  if (hasMore)
    return (
      <Autocomplete
        label={label}
        placeholder="arn:aws:ivs:…"
        data={channels.map(({ channelArn }) => channelArn)}
        defaultValue={value ?? ''}
        key={value}
        onOptionSubmit={onChange}
        onBlur={(event) => onChange(event.currentTarget.value.trim() || undefined)}
      />
    );
  const arns = channels.map(({ channelArn }) => channelArn);
  return (
    <Select
      label={label}
      searchable
      clearable
      placeholder="Choose a channel"
      clearButtonProps={{ 'aria-label': 'No channel' }}
      data={[...new Set(value === undefined ? arns : [...arns, value])].map((arn) => ({
        value: arn,
        label: nameOf(arn),
      }))}
      value={value ?? null}
      onChange={(arn) => onChange(arn ?? undefined)}
      renderOption={({ option }) => (
        <div>
          <Text size="sm">{option.label}</Text>
          <Code fz="xs">{toShortArn(option.value)}</Code>
        </div>
      )}
    />
  );
}

function toShortArn(channelArn: string): string {
  return channelArn.split('/').at(-1) ?? channelArn;
}
