/** One box for whatever is known of a viewer, and all that follows from it. */
import { Button, Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type FormEvent, useEffect, useState } from 'react';
import { EmptyState } from '../../parts/empty-state.tsx';
import { useFilters } from '../../shell/filters.ts';
import { JwtView } from './jwt-view.tsx';
import { NameOrRequestView } from './name-or-request-view.tsx';
import { isSecret, type Question, toQuestion } from './question.ts';
import { TokenView } from './token-view.tsx';
import { ViewerView } from './viewer-view.tsx';

/** The page. A name stands in the URL, to be sent to a colleague; a token never does. */
export default function ViewerPage() {
  const [filters, change] = useFilters('q', 'channel', 'country', 'origin');
  const [secret, setSecret] = useState<Question>();
  const question = secret ?? toQuestion(filters.q ?? '');
  const ask = (typed: string) => {
    const asked = toQuestion(typed);
    setSecret(asked && isSecret(asked) ? asked : undefined);
    change({ q: asked && isSecret(asked) ? undefined : typed.trim(), channel: undefined });
  };
  return (
    <Stack gap="lg">
      <Card withBorder>
        <Box asked={filters.q ?? ''} onAsk={ask} />
      </Card>
      {question === undefined ? (
        <EmptyState title="Whom is it about?">
          Give what you have of the viewer: how your identity provider calls them, a viewer id, the token or the URL
          that does not play, or the request id of a refusal.
        </EmptyState>
      ) : (
        <Answer question={question} onAsk={ask} />
      )}
    </Stack>
  );
}

function Answer({ question, onAsk }: { readonly question: Question; readonly onAsk: (typed: string) => void }) {
  if (question.kind === 'name') return <ViewerView name={question.name} key={question.name} />;
  if (question.kind === 'name_or_request')
    return <NameOrRequestView text={question.name} key={question.name} onAsk={onAsk} />;
  if (question.kind === 'jwt') return <JwtView jwt={question.jwt} key={question.jwt} />;
  return <TokenView question={question} key={JSON.stringify(question)} onAsk={onAsk} />;
}

function Box({ asked, onAsk }: { readonly asked: string; readonly onAsk: (typed: string) => void }) {
  const [typed, setTyped] = useState(asked);
  useEffect(() => setTyped(asked), [asked]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAsk(typed);
  };
  return (
    <search>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm">
          <TextInput
            flex="1 1 16rem"
            size="md"
            label="Name, e-mail, token, playback URL or request id"
            leftSection={<IconSearch size={18} />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            autoFocus
          />
          <Button type="submit" size="md">
            Look
          </Button>
        </Group>
        <Text size="sm" c="dimmed" mt={4}>
          Nothing is changed by looking.
        </Text>
      </form>
    </search>
  );
}
