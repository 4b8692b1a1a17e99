/** Audit: who changed what. */
import { IconHistory } from '@tabler/icons-react';
import { lazy } from 'react';
import type { ConsolePage } from '../../shell/page.ts';

/** States the page. */
export const auditPage: ConsolePage = {
  path: '/audit',
  title: 'Audit',
  purpose: 'Who changed what, when and from where, and how it was before.',
  icon: IconHistory,
  needs: 'read',
  component: lazy(() => import('./audit-page.tsx')),
};
