/** Writes a policy: its fields, what is odd about them, and what it makes of a viewer on a channel that has it. */
import {
  Alert,
  Button,
  Group,
  List,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Switch,
  TagsInput,
  TextInput,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { toData } from '../../../api-client/api-client.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { ErrorState } from '../../parts/error-state.tsx';
import { notifyDone } from '../../parts/notify.ts';
import { api } from '../../shell/api.ts';
import { useMay } from '../../shell/caller.tsx';
import { type Draft, findConflicts, toBody } from './draft.ts';
import { TryPolicy } from './try-policy.tsx';

interface PolicyEditorProps {
  readonly before: Draft;
  /** Of what is there, so that nobody overwrites a colleague's; undefined for a new one. */
  readonly tag: string | undefined;
  readonly onBack: () => void;
}

/** The editor; who may not write sees the same, and cannot change it. */
export function PolicyEditor({ before, tag, onBack }: PolicyEditorProps) {
  const queries = useQueryClient();
  const [draft, setDraft] = useState(before);
  const [isDeleting, setDeleting] = useState(false);
  const mayWrite = useMay('operate');
  const conflicts = findConflicts(draft);
  const write = useMutation({
    mutationFn: () => {
      const header = tag === undefined ? { 'If-None-Match': '*' as const } : { 'If-Match': tag };
      return toData(
        api.PUT('/v1/admin/policies/{id}', { params: { path: { id: draft.id }, header }, body: toBody(draft) }),
      );
    },
    async onSuccess({ id }) {
      await queries.invalidateQueries({ queryKey: ['policies'] });
      notifyDone(`${id} is written. It holds for the next token.`);
      onBack();
    },
  });
  return (
    <Stack>
      <Group justify="space-between">
        <Button variant="default" size="xs" onClick={onBack}>
          All policies
        </Button>
        {tag !== undefined && mayWrite && (
          <Button variant="default" size="xs" onClick={() => setDeleting(true)}>
            Delete
          </Button>
        )}
      </Group>
      <Fields draft={draft} isNew={tag === undefined} isReadOnly={!mayWrite} onChange={setDraft} />
      {conflicts.length > 0 && <Conflicts conflicts={conflicts} />}
      {write.error && <ErrorState error={write.error} />}
      {mayWrite && (
        <Group>
          <Button loading={write.isPending} disabled={draft.id === ''} onClick={() => write.mutate()}>
            Write {draft.id}
          </Button>
        </Group>
      )}
      {tag !== undefined && <TryPolicy />}
      {isDeleting && <Delete id={draft.id} onClose={() => setDeleting(false)} onDone={onBack} />}
    </Stack>
  );
}

function Conflicts({ conflicts }: { readonly conflicts: readonly string[] }) {
  return (
    <Alert title="Look at this" role="status">
      <List size="sm">
        {conflicts.map((conflict) => (
          <List.Item key={conflict}>{conflict}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly isNew: boolean;
  readonly isReadOnly: boolean;
  readonly onChange: (draft: Draft) => void;
}

function Fields({ draft, isNew, isReadOnly, onChange }: FieldsProps) {
  const set = (changed: Partial<Draft>) => onChange({ ...draft, ...changed });
  return (
    <fieldset disabled={isReadOnly} style={{ border: 0, padding: 0, margin: 0 }} aria-label="Policy">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Id"
          value={draft.id}
          readOnly={!isNew}
          onChange={(event) => set({ id: event.currentTarget.value })}
        />
        <Select
          label="Where the country is not known"
          allowDeselect={false}
          data={[
            { value: 'deny', label: 'refuse' },
            { value: 'allow', label: 'let pass' },
          ]}
          value={draft.unknownCountry}
          onChange={(value) => set({ unknownCountry: value === 'allow' ? 'allow' : 'deny' })}
        />
        <TagsInput
          label="Only from these countries"
          description="Two letters, such as DE; none: from anywhere"
          value={[...draft.allowedCountries]}
          onChange={(codes) => set({ allowedCountries: toUpper(codes) })}
        />
        <TagsInput
          label="Not from these countries"
          description="Two letters, such as DE"
          value={[...draft.blockedCountries]}
          onChange={(codes) => set({ blockedCountries: toUpper(codes) })}
        />
        <TagsInput
          label="Only on these pages"
          description="Origins, such as https://*.tv.example; none: on any"
          value={[...draft.allowedOrigins]}
          onChange={(allowedOrigins) => set({ allowedOrigins })}
        />
        <NumberInput
          label="A token starts playback for, seconds"
          min={1}
          max={570}
          value={draft.tokenTtlSeconds}
          onChange={(value) => set({ tokenTtlSeconds: Number(value) })}
        />
        <Switch
          label="Check the page at every request"
          checked={draft.strictOriginEnforcement}
          onChange={(event) => set({ strictOriginEnforcement: event.currentTarget.checked })}
        />
        <Switch
          label="Each token starts playback once"
          checked={draft.singleUse}
          onChange={(event) => set({ singleUse: event.currentTarget.checked })}
        />
      </SimpleGrid>
    </fieldset>
  );
}

const toUpper = (codes: readonly string[]) => codes.map((code) => code.toUpperCase());

interface DeleteProps {
  readonly id: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Delete({ id, onClose, onDone }: DeleteProps) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.DELETE('/v1/admin/policies/{id}', { params: { path: { id } } }),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['policies'] });
      notifyDone(`${id} is gone.`);
      onDone();
    },
  });
  return (
    <Confirm
      title={`Delete ${id}?`}
      act="Delete"
      isDangerous
      isPending={remove.isPending}
      error={remove.error}
      onConfirm={() => remove.mutate()}
      onClose={onClose}
    >
      A policy that a channel has cannot be deleted: take it off there first.
    </Confirm>
  );
}
