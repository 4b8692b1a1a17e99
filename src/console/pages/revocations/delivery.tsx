/** How far IVS was told of a revocation: in words, and as a bar while it goes on. */
import { Badge, Progress, Stack, Text } from '@mantine/core';
import type { Wire } from '../../shell/wire.ts';

/** One line, or two. */
export function Delivery({ revocation }: { readonly revocation: Wire['Revocation'] }) {
  const { delivery, progress } = revocation;
  const { pending, delivered, failed } = delivery;
  const isOver = pending === 0 && progress?.done !== false;
  const all = pending + delivered + failed;
  if (isOver && failed === 0)
    return <Text size="sm">{delivered === 0 ? 'nobody was watching' : `all ${delivered}`}</Text>;
  return (
    <Stack gap={4}>
      <Text size="sm">
        {delivered} of {all}
        {progress?.done === false && ' so far'}
        {failed > 0 && (
          <Badge color="red" variant="light" ml="xs">
            {failed} refused
          </Badge>
        )}
      </Text>
      {!isOver && <Progress value={all === 0 ? 0 : (delivered / all) * 100} aria-label="Told IVS" striped animated />}
    </Stack>
  );
}
