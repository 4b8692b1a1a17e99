/** What a page of the console is: where it is, what it is called, and who may see it. */
import type { ComponentType } from 'react';
import type { Permission } from './permissions.ts';

/** A page. It is stated in `page.ts` of its folder, and listed in `pages/pages.ts`. */
export interface ConsolePage {
  /** Below `/console`, such as `/channels`. */
  readonly path: string;
  /** In the navigation, and as the heading of the page. */
  readonly title: string;
  /** What an operator comes here for, in one sentence. */
  readonly purpose: string;
  /** Beside the title; decoration alone. */
  readonly icon: ComponentType<{ readonly size?: number | string; readonly stroke?: number | string }>;
  /** What the caller must be allowed: to others the page is not offered. */
  readonly needs: Permission;
  /** What it shows is about all channels, so that the service refuses it to who is limited to some. Default: false. */
  readonly isOfAllChannels?: boolean;
  /** Made by `lazy(() => import(…))`, so that a page is loaded when it is looked at. */
  readonly component: ComponentType;
}
