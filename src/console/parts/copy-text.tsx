/** An id or a text that is often needed elsewhere, with a button that copies it. */
import { ActionIcon, Code, CopyButton, Group } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

interface CopyTextProps {
  readonly text: string;
  /** What it is, for the button: `request id`. */
  readonly what: string;
  /** What is shown in its place, where it is long. Default: the text. */
  readonly shown?: string;
}

/** The text in fixed width, and the button. */
export function CopyText({ text, what, shown = text }: CopyTextProps) {
  return (
    <Group gap={4} wrap="nowrap" display="inline-flex" maw="100%">
      <Code style={{ overflowWrap: 'anywhere' }} title={text}>
        {shown}
      </Code>
      <CopyButton value={text} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={copied ? 'Copied' : `Copy the ${what}`}
            onClick={copy}
          >
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        )}
      </CopyButton>
    </Group>
  );
}
