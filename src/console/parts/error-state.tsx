/** What stands where something was refused or went wrong: what, what to do, and the id under which the log has it. */
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ApiError, type ApiErrorCode } from '../../api-client/api-client.ts';
import { CopyText } from './copy-text.tsx';

/** What helps, where the code alone says it. */
const advice: Partial<Readonly<Record<ApiErrorCode, string>>> = {
  forbidden: 'Your role may not do this. An admin can, or can give you the role.',
  channel_not_entitled: 'Your credential is limited to other channels.',
  channel_not_found: 'The channel is not registered here. See the page Channels.',
  not_found: 'It is not there, or not any more.',
  store_unavailable: 'The service does not reach its store. It goes on by itself when the store is back.',
  vault_unavailable: 'The service does not reach its vault, where private keys are.',
  ivs_unavailable: 'The service does not reach IVS. Try again in a moment.',
  rate_limited: 'This was asked too often. Try again in a moment.',
  precondition_failed: 'Somebody else changed it meanwhile. Load it anew, and look before you change it.',
  overloaded: 'The service has more to do than it can. Try again in a moment.',
};

interface ErrorStateProps {
  readonly error: Error;
  /** Tries again. Absent: nothing can be tried. */
  readonly onRetry?: () => void;
  /** What was not done. Default: what the service says. */
  readonly title?: string;
}

/** A red card. */
export function ErrorState({ error, onRetry, title }: ErrorStateProps) {
  const problem = error instanceof ApiError ? error.problem : undefined;
  const helps = problem && advice[problem.code];
  return (
    <Alert
      color="red"
      role="alert"
      icon={<IconAlertTriangle />}
      title={title ?? problem?.title ?? 'The service does not answer'}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{helps ?? toText(error)}</Text>
        {helps !== undefined && problem?.detail !== undefined && <Text size="sm">{problem.detail}</Text>}
        {problem && (
          <Group gap={4}>
            <Text size="sm">Request</Text>
            <CopyText text={problem.requestId} what="request id" />
          </Group>
        )}
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

function toText(error: Error): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof TypeError ? 'See whether it runs, and whether this machine reaches it.' : error.message;
}
