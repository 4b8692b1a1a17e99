/** Keys: what signs in each region, and how it is replaced. */
import { IconKey } from '@tabler/icons-react';
import { lazy } from 'react';
import type { ConsolePage } from '../../shell/page.ts';

/** States the page. */
export const keysPage: ConsolePage = {
  path: '/keys',
  title: 'Keys',
  purpose: 'Which key pair signs in each region, and how it is replaced without refusing a token.',
  icon: IconKey,
  needs: 'read',
  isOfAllChannels: true,
  component: lazy(() => import('./keys-page.tsx')),
};
