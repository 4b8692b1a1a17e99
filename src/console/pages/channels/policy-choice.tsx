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

/** One of the first hundred policies, or none. */
export function PolicyChoice({ value, onChange, disabled = false }: ChoiceProps<string | null>) {
  const { data } = useQuery({
    queryKey: ['policies', 'names'],
    queryFn: ({ signal }) => toData(api.GET('/v1/admin/policies', { params: { query: { limit: 100 } }, signal })),
    staleTime: 30_000,
  });
  const ids = (data?.items ?? []).map(({ id }) => id);
  return (
    <Select
      label="Policy"
      description="Who may start to watch, from where, and what the token carries"
      placeholder="None: restricts nothing"
      data={[...new Set(value === null ? ids : [value, ...ids])]}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': 'No policy' }}
      {...{ value, onChange, disabled }}
    />
  );
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
