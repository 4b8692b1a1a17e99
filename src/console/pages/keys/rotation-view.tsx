/** A rotation that is under way: at which step it is, what comes when, and how it is halted or turned back. */
import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { toData } from '../../../api-client/api-client.ts';
import { ErrorState } from '../../parts/error-state.tsx';
import { Countdown } from '../../parts/time.tsx';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import type { Wire } from '../../shell/wire.ts';
import { toPlaceBody } from './lanes.ts';
import { useKeyChange } from './use-key-change.ts';

type Rotation = Wire['Rotation'];

const steps = ['importing', 'settling', 'retiring', 'deleting'] as const satisfies readonly Rotation['step'][];

const doing: Readonly<Record<Rotation['step'], string>> = {
  importing: 'The new pair is made, and imported into IVS',
  settling: 'The new pair is in IVS, and waits until its edges know it',
  retiring: 'The new pair signs; tokens of the old one run out',
  deleting: 'The old pair is deleted',
};

/** The bar, the sentence, and the buttons. */
export function RotationView({ rotation }: { readonly rotation: Rotation }) {
  const mayChange = useMay('administer');
  const { step, nextAt, halted, turnedBack, trouble, emergency } = rotation;
  const at = steps.indexOf(step) + 1;
  return (
    <Stack gap="xs">
      <Progress value={(at / steps.length) * 100} aria-label={`Step ${at} of ${steps.length}`} />
      <Group justify="space-between">
        <Text size="sm" role="status">
          <b>
            Step {at} of {steps.length}
            {emergency ? ', emergency' : ''}
            {turnedBack ? ', turned back' : ''}:
          </b>{' '}
          {doing[step]}.{' '}
          {halted ? (
            'Halted.'
          ) : (
            <>
              Next step <Countdown to={nextAt} />.
            </>
          )}
        </Text>
        {mayChange && <RotationButtons rotation={rotation} />}
      </Group>
      {trouble !== null && (
        <Alert color="red" title="It does not get on">
          {trouble}
        </Alert>
      )}
    </Stack>
  );
}

function RotationButtons({ rotation }: { readonly rotation: Rotation }) {
  const body = toPlaceBody(rotation);
  const halt = useKeyChange(() => toData(api.POST('/v1/admin/keys/rotate/halt', { body })), { done: 'Halted.' });
  const resume = useKeyChange(() => toData(api.POST('/v1/admin/keys/rotate/resume', { body })), {
    done: 'It goes on.',
  });
  const turnBack = useKeyChange(() => toData(api.POST('/v1/admin/keys/rotate/turn-back', { body })), {
    done: 'Turned back: the pair signs again that signed before.',
  });
  const error = halt.error ?? resume.error ?? turnBack.error;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        {rotation.halted ? (
          <Button size="xs" variant="default" loading={resume.isPending} onClick={() => resume.mutate()}>
            Go on
          </Button>
        ) : (
          <Button size="xs" variant="default" loading={halt.isPending} onClick={() => halt.mutate()}>
            Halt
          </Button>
        )}
        {!rotation.turnedBack && !rotation.emergency && rotation.step !== 'deleting' && (
          <Button size="xs" variant="default" loading={turnBack.isPending} onClick={() => turnBack.mutate()}>
            Turn back
          </Button>
        )}
      </Group>
      {error && <ErrorState error={error} />}
    </Stack>
  );
}
