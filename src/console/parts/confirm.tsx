/** Before something is done: what it will meet, and for what cannot be taken back, the word that has to be typed. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { ErrorState } from './error-state.tsx';

interface ConfirmProps {
  readonly title: string;
  /** What will be done, and whom it meets. */
  readonly children: ReactNode;
  /** What the button says: the act itself, such as `End the session`. */
  readonly act: string;
  /** Must be typed before the button can be pressed. Absent: nothing must. */
  readonly typed?: string;
  /** Red for what takes something away. Default: false. */
  readonly isDangerous?: boolean;
  /** The button waits for what is asked beforehand. Default: false. */
  readonly isWaiting?: boolean;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** The dialog. It is there while it is rendered. */
export function Confirm({
  title,
  children,
  act,
  typed,
  isDangerous = false,
  isWaiting = false,
  ...state
}: ConfirmProps) {
  const [word, setWord] = useState('');
  const isReady = !isWaiting && (typed === undefined || word.trim() === typed);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady && !state.isPending) state.onConfirm();
  };
  return (
    <Modal.Root opened onClose={state.onClose} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body>
          <Group justify="space-between" wrap="nowrap" align="flex-start" py="md">
            <Modal.Title fw={650}>{title}</Modal.Title>
            <Modal.CloseButton aria-label="Close" />
          </Group>
          <form onSubmit={submit}>
            <Stack>
              {children}
              {typed !== undefined && <TypedWord {...{ typed, word }} onType={setWord} />}
              {state.error && <ErrorState error={state.error} />}
              <Group justify="flex-end">
                <Button variant="default" onClick={state.onClose}>
                  Cancel
                </Button>
                <Button
                  type="submit"
                  {...(isDangerous && { color: 'red' })}
                  disabled={!isReady}
                  loading={state.isPending}
                >
                  {act}
                </Button>
              </Group>
            </Stack>
          </form>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

interface TypedWordProps {
  readonly typed: string;
  readonly word: string;
  readonly onType: (word: string) => void;
}

function TypedWord({ typed, word, onType }: TypedWordProps) {
  return (
    <TextInput
      label={
        <>
          Type <b>{typed}</b> to go on
        </>
      }
      value={word}
      onChange={(event) => onType(event.currentTarget.value)}
      autoComplete="off"
      data-autofocus
    />
  );
}
