/** Who may use the demo: a page of this machine's own address, and no other. */
import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../http/context.ts';
import { sendProblem } from '../http/problem.ts';

/** Whether a name or address, as it stands in a setting or a URL, is of this machine alone. */
export function isLoopbackHost(host: string): boolean {
  return /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/i.test(host);
}

/** Refuses every other `Host`: a foreign name that was made to point here (DNS rebinding) comes along in it. */
export const requireLoopbackHost = createMiddleware<AppEnv>(async function refuseForeignHosts(context, next) {
  const url = `http://${context.req.header('host') ?? ''}`;
  if (URL.canParse(url) && isLoopbackHost(new URL(url).hostname)) return next();
  return sendProblem(context, 'forbidden', { detail: 'the demo answers only under a name of this machine' });
});

/** Refuses what no page of this very address sent. Browsers send `Origin` with every request but GET and HEAD. */
export const requireOwnOrigin = createMiddleware<AppEnv>(async function refuseForeignPages(context, next) {
  if (context.req.header('origin') === `http://${context.req.header('host')}`) return next();
  return sendProblem(context, 'forbidden', { detail: 'only the page of the demo may do this' });
});
