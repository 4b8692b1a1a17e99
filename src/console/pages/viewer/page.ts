/** The start page: why a viewer can watch, or not. */
import { IconUserSearch } from '@tabler/icons-react';
import { lazy } from 'react';
import type { ConsolePage } from '../../shell/page.ts';

/** States the page. */
export const viewerPage: ConsolePage = {
  path: '/',
  title: 'Viewer',
  purpose: 'Why somebody can watch, or not, and what to do about it.',
  icon: IconUserSearch,
  needs: 'seeViewers',
  component: lazy(() => import('./viewer-page.tsx')),
};
