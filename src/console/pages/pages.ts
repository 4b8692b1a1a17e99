/** The pages of the console, in the order of the navigation. */
import type { ConsolePage } from '../shell/page.ts';
import { activityPage } from './activity/page.ts';
import { auditPage } from './audit/page.ts';
import { channelsPage } from './channels/page.ts';
import { clientsPage } from './clients/page.ts';
import { keysPage } from './keys/page.ts';
import { policiesPage } from './policies/page.ts';
import { revocationsPage } from './revocations/page.ts';
import { viewerPage } from './viewer/page.ts';

/** All of them; the first is where one begins. */
export const pages: readonly ConsolePage[] = [
  ...[viewerPage, channelsPage, keysPage, revocationsPage, activityPage, policiesPage, clientsPage, auditPage],
];
