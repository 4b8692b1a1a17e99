/** Before a key pair is replaced: what that loses. */
import { Loader, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { ErrorState } from '../../parts/error-state.tsx';
import { api } from '../../shell/api.ts';
import type { Wire } from '../../shell/wire.ts';
import { type Place, toPlaceBody, toPlaceName } from './lanes.ts';
import { useKeyChange } from './use-key-change.ts';

interface RotateProps {
  readonly place: Place;
  /** The old pair goes at once, and with it every token and session. */
  readonly isEmergency: boolean;
  readonly onClose: () => void;
}

/** The dialog; for an emergency the name of the region has to be typed. */
export function Rotate({ place, isEmergency, onClose }: RotateProps) {
  const body = { ...toPlaceBody(place), ...(isEmergency && { emergency: true }) };
  const plan = useQuery({
    queryKey: ['keys', 'plan', body],
    queryFn: async ({ signal }) =>
      (await toData(
        api.POST('/v1/admin/keys/rotate', { body: { ...body, dryRun: true }, signal }),
      )) as Wire['RotationPlan'],
    staleTime: 0,
  });
  const rotate = useKeyChange(() => toData(api.POST('/v1/admin/keys/rotate', { body })), {
    done: `The key pair of ${toPlaceName(place)} is being replaced.`,
    onDone: onClose,
  });
  return (
    <Confirm
      title={`${isEmergency ? 'Replace at once' : 'Rotate'} the key of ${toPlaceName(place)}?`}
      act={isEmergency ? 'Replace at once' : 'Rotate'}
      isDangerous={isEmergency}
      {...(isEmergency && { typed: place.region })}
      isPending={rotate.isPending}
      error={rotate.error}
      onConfirm={() => rotate.mutate()}
      onClose={onClose}
    >
      {isEmergency ? (
        <Text size="sm">
          For a private key that is in wrong hands: whoever has it can make tokens until the pair is gone.
        </Text>
      ) : (
        <Text size="sm">
          A new pair is imported, signs once IVS knows it, and the old one goes when its last token is dead. Until that
          it can be turned back.
        </Text>
      )}
      {plan.isPending && <Loader size="xs" role="status" aria-label="Asking what it loses" />}
      {plan.error && <ErrorState error={plan.error} />}
      {plan.data && <Loses plan={plan.data} />}
    </Confirm>
  );
}

function Loses({ plan: { channels, sessions, loses, emergency } }: { readonly plan: Wire['RotationPlan'] }) {
  return (
    <Text size="sm">
      <b>It loses: </b>
      {loses} {emergency && `That is ${sessions} sessions of the last 48 hours, on ${channels} channels.`}
    </Text>
  );
}
