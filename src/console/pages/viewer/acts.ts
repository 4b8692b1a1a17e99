/** What can be done about a viewer. */

/** How long somebody is to be blocked; `end` ends what plays alone. */
export type Act = 'end' | 'hour' | 'until' | 'for_good';
