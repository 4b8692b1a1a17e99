/** Channels: who may watch them, whether they are live, and everyone out. */
import { IconDeviceTv } from '@tabler/icons-react';
import { lazy } from 'react';
import type { ConsolePage } from '../../shell/page.ts';

/** States the page. */
export const channelsPage: ConsolePage = {
  path: '/channels',
  title: 'Channels',
  purpose: 'Which channels are registered, whether they are live, and how they are watched.',
  icon: IconDeviceTv,
  needs: 'read',
  component: lazy(() => import('./channels-page.tsx')),
};
