/** The page before all others: sign in as a person at the operators' provider, or with an API key. */
import {
  Alert,
  Button,
  Card,
  Center,
  Divider,
  Group,
  Image,
  Loader,
  PasswordInput,
  Stack,
  Text,
  Title,
} from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { ApiError, toData } from '../../api-client/api-client.ts';
import icon from '../icon.svg';
import { api, createApiOf } from './api.ts';
import { type Session, startSession } from './session.ts';
import { beginSignIn, finishSignIn, type Provider, takeReturn } from './sign-in-flow.ts';

interface SignInProps {
  /** Why the last session ended; undefined where there was none. */
  readonly farewell: string | undefined;
  /** Told the path that the person wanted to go to. */
  readonly onSignedIn: (returnTo: string) => void;
}

/** Asks who it is. */
export function SignIn({ farewell, onSignedIn }: SignInProps) {
  const where = useQuery({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => toData(api.GET('/v1/sign-in', { signal })),
    staleTime: 60_000,
  });
  useEffect(() => {
    document.title = 'Sign in · Playgate';
  }, []);
  const provider = where.data?.operators ?? undefined;
  return (
    <Center mih="100vh" p="md" component="main">
      <Card withBorder shadow="sm" padding="xl" w="100%" maw={420}>
        <Stack>
          <Group gap="sm">
            <Image src={icon} alt="" w={34} h={34} />
            <Title order={1} size="h3">
              Playgate console
            </Title>
          </Group>
          {farewell !== undefined && <Alert color="yellow">{farewell}</Alert>}
          {where.isError && (
            <Alert color="red" title="The service does not answer">
              See whether it runs, and load this page again.
            </Alert>
          )}
          {where.isPending && <Loader size="sm" role="status" aria-label="Loading" />}
          {provider && <PersonSignIn provider={provider} onSignedIn={onSignedIn} />}
          {provider && <Divider label="or" labelPosition="center" />}
          <KeySignIn isOnlyWay={!provider} />
        </Stack>
      </Card>
    </Center>
  );
}

function PersonSignIn({ provider, onSignedIn }: { readonly provider: Provider } & Pick<SignInProps, 'onSignedIn'>) {
  const begin = useMutation({ mutationFn: () => beginSignIn(provider) });
  const finish = useMutation({
    mutationFn: async (url: URL) => {
      const { credential, returnTo } = await finishSignIn(provider, url);
      await checkCredential(credential);
      onSignedIn(returnTo);
      startSession({ credential, kind: 'person' });
    },
  });
  const { mutate: finishNow } = finish;
  useEffect(() => {
    const url = takeReturn();
    if (url !== undefined) finishNow(url);
  }, [finishNow]);
  const error = begin.error ?? finish.error;
  return (
    <Stack gap="xs">
      <Button onClick={() => begin.mutate()} loading={begin.isPending || finish.isPending} size="md">
        Sign in with {new URL(provider.issuer).host}
      </Button>
      {error && (
        <Alert color="red" title="You were not signed in" role="alert">
          {toReason(error, 'person')}
        </Alert>
      )}
    </Stack>
  );
}

function KeySignIn({ isOnlyWay }: { readonly isOnlyWay: boolean }) {
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: async (credential: string) => {
      await checkCredential(credential);
      startSession({ credential, kind: 'key' });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (key.trim() !== '') signIn.mutate(key.trim());
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <PasswordInput
          label="API key"
          description="Of an admin, operator, auditor or viewer-support. It is kept in this tab alone, until you close it."
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={signIn.error && toReason(signIn.error, 'key')}
          autoComplete="off"
          spellCheck={false}
        />
        <Button type="submit" variant={isOnlyWay ? 'filled' : 'default'} loading={signIn.isPending}>
          Sign in with the key
        </Button>
        {isOnlyWay && (
          <Text size="sm" c="dimmed">
            On a laptop the key is in <code>.playgate/admin-key</code>.
          </Text>
        )}
      </Stack>
    </form>
  );
}

/** Whether it is one that may administer: who it is, is asked before it is kept. */
async function checkCredential(credential: string): Promise<void> {
  await createApiOf(credential).GET('/v1/admin/caller');
}

function toReason(error: Error, kind: Session['kind']): string {
  if (!(error instanceof ApiError)) return error instanceof TypeError ? `${error.message}.` : error.message;
  if (error.status === 403)
    return 'This credential may not administer anything: it is one of an issuer, or of a viewer.';
  if (error.status !== 401) return error.message;
  return kind === 'key'
    ? 'No client has this key. It may have been changed, or have expired.'
    : 'The service does not know you: your account has no role here, or its audience is another one. Its log says why.';
}
