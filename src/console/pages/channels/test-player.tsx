/** Plays the channel as a viewer would, from a country of choice: first it says what would be decided, then it plays. */
import { Alert, Button, Card, Group, Text, TextInput, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { ErrorState } from '../../parts/error-state.tsx';
import { api } from '../../shell/api.ts';
import { Video } from './video.tsx';

/** Shown in statistics and in IVS: a name that says what it is. */
const viewerId = 'console-test-player';

/** The form, and under it the player once there is a token. */
export default function TestPlayer({ channelArn }: { readonly channelArn: string }) {
  const [country, setCountry] = useState('');
  const play = useMutation({ mutationFn: () => decideAndIssue(channelArn, country.trim().toUpperCase()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    play.mutate();
  };
  return (
    <Card withBorder>
      <Title order={3} size="h4">
        Test player
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        As a viewer on this page ({location.origin}). The token counts as one of the viewer “{viewerId}”.
      </Text>
      <form onSubmit={submit}>
        <Group align="flex-end">
          <TextInput
            label="In the country"
            placeholder="not known"
            maxLength={2}
            w={140}
            value={country}
            onChange={(event) => setCountry(event.currentTarget.value)}
          />
          <Button type="submit" loading={play.isPending}>
            {play.data?.playbackUrl === undefined ? 'Play' : 'Play again'}
          </Button>
          {play.data?.playbackUrl !== undefined && (
            <Button variant="default" onClick={() => play.reset()}>
              Stop
            </Button>
          )}
        </Group>
      </form>
      {play.error && <ErrorState error={play.error} />}
      {play.data?.refusedBy !== undefined && (
        <Alert color="red" mt="md" role="status" title={`Refused: ${play.data.verdict}`}>
          By the check “{play.data.refusedBy.replace('_', ' ')}”. The page Viewer says what each check saw.
        </Alert>
      )}
      {play.data?.playbackUrl !== undefined && <Video url={play.data.playbackUrl} key={play.data.playbackUrl} />}
    </Card>
  );
}

interface Decided {
  readonly verdict: string;
  /** The check that refuses; undefined when none does. */
  readonly refusedBy?: string;
  /** With a token in it: it stays in memory. */
  readonly playbackUrl?: string;
}

async function decideAndIssue(channelArn: string, country: string): Promise<Decided> {
  const place = { ...(country !== '' && { country }), origin: location.origin };
  const asked = { channelArn, viewerId, ...place };
  const { verdict, checks } = await toData(api.POST('/v1/admin/explain', { body: asked }));
  const refusal = checks.find(({ result }) => result === 'refuse');
  if (refusal !== undefined) return { verdict, refusedBy: refusal.check };
  const body = { channelArn, viewerId, viewer: place };
  const { playbackUrl } = await toData(api.POST('/v1/tokens', { body }));
  return { verdict, playbackUrl };
}
