/** Who is signed in, as what, until when, and the way out. */
import { Button, Popover, Text } from '@mantine/core';
import { IconChevronDown, IconLogout, IconUserCircle } from '@tabler/icons-react';
import { Time } from '../parts/time.tsx';
import classes from './account-menu.module.css';
import { useCaller } from './caller.tsx';
import { isLimited } from './permissions.ts';
import { endSession } from './session.ts';

/** The menu at the top. */
export function AccountMenu() {
  const { id, name, roles, channels, expiresAt } = useCaller();
  return (
    <Popover position="bottom-end" width={260} trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          leftSection={<IconUserCircle size={18} stroke={1.6} />}
          rightSection={<IconChevronDown size={14} />}
          maw={220}
          className={classes.account ?? ''}
          px="sm"
          aria-label={`Signed in as ${name ?? id}`}
        >
          <Text truncate size="sm">
            {name ?? id}
          </Text>
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {id}
        </Text>
        <Text size="sm" c="dimmed">
          {roles.join(', ')}
          {isLimited({ channels }) && `, for ${channels.length} channels`}
        </Text>
        {expiresAt !== null && (
          <Text size="sm" c="dimmed">
            Signed in until <Time at={expiresAt} />
          </Text>
        )}
        <Button
          mt="sm"
          fullWidth
          variant="default"
          leftSection={<IconLogout size={16} stroke={1.6} />}
          onClick={() => endSession()}
        >
          Sign out
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}
