/** The frame of every page: the navigation at its side, on a phone behind a button, and who is signed in. */
import { AppShell, Burger, Group, Image, NavLink, ScrollArea, Text, VisuallyHidden } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import icon from '../icon.svg';
import { AccountMenu } from './account-menu.tsx';
import { useCaller } from './caller.tsx';
import { ColorSchemeButton } from './color-scheme.tsx';
import classes from './layout.module.css';
import type { ConsolePage } from './page.ts';
import { mayShow } from './permissions.ts';

/** Shows the page of the URL, and those to go to. */
export function Layout({ pages }: { readonly pages: readonly ConsolePage[] }) {
  const [isOpen, menu] = useDisclosure(false);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'lg' }}
    >
      <AppShell.Header>
        <a href="#main" className={classes.skip}>
          Skip to the page
        </a>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={isOpen} onClick={menu.toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
          <Image src={icon} alt="" w={26} h={26} />
          <Text fw={700}>Playgate</Text>
          <Group ml="auto" gap="xs" wrap="nowrap">
            <ColorSchemeButton />
            <AccountMenu />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Pages" className={isOpen ? '' : (classes.closed ?? '')}>
        <ScrollArea type="never">
          <PageLinks pages={pages} onGo={menu.close} />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <div className={classes.page}>
          <Outlet />
        </div>
      </AppShell.Main>
    </AppShell>
  );
}

interface PageLinksProps {
  readonly pages: readonly ConsolePage[];
  /** Told when somebody goes to one. */
  readonly onGo: () => void;
}

function PageLinks({ pages, onGo }: PageLinksProps) {
  const caller = useCaller();
  const { pathname } = useLocation();
  const current = pathname === '/' ? '/' : pathname.replace(/\/$/, '');
  return pages
    .filter((page) => mayShow(caller, page))
    .map(({ path, title, icon: Icon }) => (
      <NavLink
        key={path}
        component={Link}
        to={path}
        onClick={onGo}
        label={title}
        leftSection={<Icon size={18} stroke={1.6} />}
        active={current === path}
        rightSection={current === path ? <VisuallyHidden>(this page)</VisuallyHidden> : undefined}
        className={classes.link ?? ''}
      />
    ));
}
