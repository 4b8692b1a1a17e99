/** From page to page of a list: the service has cursors, so there is a next one and the first, and the browser's way back. */
import { Button, Group } from '@mantine/core';
import { IconChevronRight, IconChevronsLeft } from '@tabler/icons-react';

interface PagerProps {
  /** Of the page that is shown; undefined for the first. */
  readonly cursor: string | undefined;
  /** Of the answer; null where there is no more. */
  readonly nextCursor: string | null;
  /** Goes to the page with this cursor; undefined is the first. */
  readonly onPage: (cursor: string | undefined) => void;
}

/** Two buttons, or nothing where one page has all. */
export function Pager({ cursor, nextCursor, onPage }: PagerProps) {
  if (cursor === undefined && nextCursor === null) return null;
  return (
    <Group justify="space-between">
      <Button
        variant="default"
        leftSection={<IconChevronsLeft size={16} />}
        disabled={cursor === undefined}
        onClick={() => onPage(undefined)}
      >
        First page
      </Button>
      <Button
        variant="default"
        rightSection={<IconChevronRight size={16} />}
        disabled={nextCursor === null}
        onClick={() => onPage(nextCursor ?? undefined)}
      >
        Next page
      </Button>
    </Group>
  );
}
