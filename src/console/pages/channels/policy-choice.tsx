/** Which policy a channel has, and who may ask for its tokens. */
import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { toData } from '../../../api-client/api-client.ts';
import { api } from '../../shell/api.ts';
import type { Wire } from '../../shell/wire.ts';

interface ChoiceProps<Value> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly disabled?: boolean;
}

/** As many as the service lists at a time, and as are shown at a time: the others are found by typing. */
const listedAtOnce = 100;

/** One of the policies, or none. */
export function PolicyChoice({ value, onChange, disabled = false }: ChoiceProps<string | null>) {
  const { data, isPending } = useQuery({
    queryKey: ['policies', 'names'],
    queryFn: ({ signal }) => listIds(signal),
    staleTime: 30_000,
  });
  const ids = data ?? [];
  return (
    <Select
      label="Policy"
      description="Who may start to watch, from where, and what the token carries"
      placeholder="None: restricts nothing"
      data={[...new Set(value === null ? ids : [value, ...ids])]}
      limit={listedAtOnce}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'No policy' }}
      // What is typed before the list is there would be gone when it comes.
      disabled={disabled || isPending}
      {...{ value, onChange }}
    />
  );
}

/** The ids of all policies, page by page. */
async function listIds(signal: AbortSignal): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { limit: listedAtOnce, ...(cursor !== undefined && { cursor }) };
    const page: Wire['PolicyPage'] = await toData(api.GET('/v1/admin/policies', { params: { query }, signal }));
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  return ids;
}

/** Those alone whom a credential names, or all who sign in. */
export function AccessChoice({ value, onChange, disabled = false }: ChoiceProps<Wire['Channel']['access']>) {
  return (
    <Select
      label="Viewers"
      description="Which viewers may ask for a token with their own JWT"
      data={[
        { value: 'entitled', label: 'those whose JWT names the channel' },
        { value: 'authenticated', label: 'all who sign in' },
      ]}
      allowDeselect={false}
      value={value}
      onChange={(access) => access !== null && onChange(access === 'authenticated' ? access : 'entitled')}
      disabled={disabled}
    />
  );
}
