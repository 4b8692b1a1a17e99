/** The region of a key pair, and the account where that is another one than the service's own. */
import { SimpleGrid, TextInput } from '@mantine/core';

/** As they were typed. */
export interface PlaceText {
  readonly region: string;
  readonly account: string;
}

interface PlaceFieldsProps {
  readonly value: PlaceText;
  readonly onChange: (value: PlaceText) => void;
}

/** Two fields. */
export function PlaceFields({ value, onChange }: PlaceFieldsProps) {
  return (
    <SimpleGrid cols={2}>
      <TextInput
        label="Region"
        placeholder="us-west-2"
        value={value.region}
        onChange={(event) => onChange({ ...value, region: event.currentTarget.value })}
        data-autofocus
      />
      <TextInput
        label="Account"
        placeholder="the service’s own"
        value={value.account}
        onChange={(event) => onChange({ ...value, account: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}

/** What the API takes. */
export function toPlace({ region, account }: PlaceText): { readonly region: string; readonly account?: string } {
  return { region: region.trim(), ...(account.trim() !== '' && { account: account.trim() }) };
}
