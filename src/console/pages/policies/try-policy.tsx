/** Tries a channel's policy, as it is written, on a viewer: what would be decided from there, on that page. */
import { Alert, Button, Card, Group, SimpleGrid, Stack, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { ChannelChoice } from '../../parts/channels.tsx';
import { ErrorState } from '../../parts/error-state.tsx';
import { api } from '../../shell/api.ts';

/** The form and the verdict. */
export function TryPolicy() {
  const [channelArn, setChannelArn] = useState<string>();
  const [place, setPlace] = useState({ country: '', origin: '' });
  const explain = useMutation({
    mutationFn: (arn: string) => {
      const { country, origin } = place;
      const body = { channelArn: arn, viewerId: 'somebody', ...(country && { country }), ...(origin && { origin }) };
      return toData(api.POST('/v1/admin/explain', { body }));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (channelArn !== undefined) explain.mutate(channelArn);
  };
  const refusing = explain.data?.checks.find(({ result }) => result === 'refuse')?.check;
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="xs">
        Try it on a viewer
      </Title>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <SimpleGrid cols={{ base: 1, sm: 3 }}>
            <ChannelChoice value={channelArn} onChange={setChannelArn} label="On the channel" />
            <TextInput
              label="From the country"
              placeholder="DE"
              maxLength={2}
              value={place.country}
              onChange={(event) => setPlace({ ...place, country: event.currentTarget.value.toUpperCase() })}
            />
            <TextInput
              label="On the page"
              placeholder="https://tv.example"
              value={place.origin}
              onChange={(event) => setPlace({ ...place, origin: event.currentTarget.value })}
            />
          </SimpleGrid>
          <Group>
            <Button type="submit" variant="default" disabled={channelArn === undefined} loading={explain.isPending}>
              Try
            </Button>
          </Group>
        </Stack>
      </form>
      {explain.error && <ErrorState error={explain.error} />}
      {explain.data && (
        <Alert mt="sm" role="status">
          {refusing === undefined
            ? 'This viewer would get a token.'
            : `This viewer would be refused: ${explain.data.verdict} (${refusing}).`}
        </Alert>
      )}
    </Card>
  );
}
