/** A lane: three places for key pairs, and above them what becomes of the one that signs. */
import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { CopyText } from '../../parts/copy-text.tsx';
import { Countdown, Time, toAbsolute } from '../../parts/time.tsx';
import { useMay } from '../../shell/caller.tsx';
import type { Wire } from '../../shell/wire.ts';
import classes from './lane-card.module.css';
import { type Lane, toPlaceName } from './lanes.ts';
import { PairActions } from './pair-actions.tsx';
import { Rotate } from './rotate.tsx';
import { RotationView } from './rotation-view.tsx';

type KeyPair = Wire['KeyPair'];

const states = {
  pending: 'being made',
  imported: 'waits',
  active: 'signs',
  retiring: 'retires',
  deleting: 'is deleted',
} as const satisfies Record<KeyPair['state'], string>;

/** The lane of a region. */
export function LaneCard({ lane }: { readonly lane: Lane }) {
  const [kind, setKind] = useState<'planned' | 'emergency'>();
  const mayChange = useMay('administer');
  const name = toPlaceName(lane);
  return (
    <Card withBorder component="section" aria-label={name}>
      <Stack>
        <Group justify="space-between">
          <div>
            <Title order={2} size="h4">
              {name}
            </Title>
            <Schedule lane={lane} />
          </div>
          {mayChange && lane.rotation === null && (
            <Group gap="xs">
              <Button variant="default" onClick={() => setKind('planned')}>
                Rotate
              </Button>
              <Button variant="outline" color="red" onClick={() => setKind('emergency')}>
                Emergency
              </Button>
            </Group>
          )}
        </Group>
        {lane.rotation !== null && <RotationView rotation={lane.rotation} />}
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {lane.pairs.map((pair) => (
            <PairCard key={pair.id} pair={pair} isLast={lane.pairs.length === 1} />
          ))}
          {lane.free.map((place) => (
            <FreePlace key={place} />
          ))}
        </SimpleGrid>
      </Stack>
      {kind !== undefined && (
        <Rotate place={lane} isEmergency={kind === 'emergency'} onClose={() => setKind(undefined)} />
      )}
    </Card>
  );
}

function Schedule({ lane: { lastRotation, nextRotationAt } }: { readonly lane: Lane }) {
  if (lastRotation === null && nextRotationAt === null) return null;
  return (
    <Text size="sm" c="dimmed">
      {lastRotation !== null && (
        <>
          {lastRotation.outcome === 'rotated' ? 'Rotated' : 'Turned back'} <Time at={lastRotation.finishedAt} />.{' '}
        </>
      )}
      {nextRotationAt !== null && (
        <>
          The next by the schedule: <Time at={nextRotationAt} />.
        </>
      )}
    </Text>
  );
}

function FreePlace() {
  return (
    <div className={classes.free}>
      <Text size="sm" c="dimmed">
        free
      </Text>
    </div>
  );
}

function PairCard({ pair, isLast }: { readonly pair: KeyPair; readonly isLast: boolean }) {
  const { id, name, state, since, deletableAt, fingerprint, createdAt } = pair;
  const signs = state === 'active';
  return (
    <Card withBorder className={(signs ? classes.signs : '') ?? ''} padding="md" data-state={state}>
      <Stack gap={6}>
        <Group justify="space-between" wrap="nowrap">
          <Text fw={600} truncate title={name}>
            {name || id}
          </Text>
          <Badge variant={signs ? 'filled' : 'default'} tt="none" style={{ flexShrink: 0 }}>
            {states[state]}
          </Badge>
        </Group>
        <Text size="sm">
          Made <Time at={createdAt} />
        </Text>
        <Text size="sm" c="dimmed" title={toAbsolute(since)}>
          {states[state]} since <Time at={since} />
        </Text>
        {deletableAt !== null && (
          <Text size="sm">
            Its tokens are dead <Countdown to={deletableAt} done="now" />
          </Text>
        )}
        <CopyText text={fingerprint} what="fingerprint" shown={`${fingerprint.slice(0, 14)}…`} />
        <PairActions pair={pair} isLast={isLast} />
      </Stack>
    </Card>
  );
}
