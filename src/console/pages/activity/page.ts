/** Activity: what was issued, refused and delivered. */
import { IconChartBar } from '@tabler/icons-react';
import { lazy } from 'react';
import type { ConsolePage } from '../../shell/page.ts';

/** States the page. */
export const activityPage: ConsolePage = {
  path: '/activity',
  title: 'Activity',
  purpose: 'Are tokens being issued, who is refused and why, and how fast does IVS learn of a revocation?',
  icon: IconChartBar,
  needs: 'read',
  component: lazy(() => import('./activity-page.tsx')),
};
