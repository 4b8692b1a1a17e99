/** Policies: who may start to watch, from where and when. */
import { IconShieldCheck } from '@tabler/icons-react';
import { lazy } from 'react';
import type { ConsolePage } from '../../shell/page.ts';

/** States the page. */
export const policiesPage: ConsolePage = {
  path: '/policies',
  title: 'Policies',
  purpose: 'Who may start to watch, from where and when; and what a policy makes of a viewer.',
  icon: IconShieldCheck,
  needs: 'read',
  component: lazy(() => import('./policies-page.tsx')),
};
