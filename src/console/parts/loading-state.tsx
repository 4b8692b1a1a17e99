/** What stands where something is being loaded. */
import { Skeleton, Stack } from '@mantine/core';

/** Grey lines, in the place of what comes. */
export function LoadingState() {
  return (
    <Stack gap="sm" role="status" aria-label="Loading">
      {[80, 95, 60].map((width) => (
        <Skeleton key={width} height={18} width={`${width}%`} />
      ))}
    </Stack>
  );
}
