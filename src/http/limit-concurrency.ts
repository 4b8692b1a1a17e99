/** How many requests are worked on at a time: who comes beyond is refused at once, so that the others do not wait for them. */
import { createMiddleware } from 'hono/factory';
import type { AppEnv } from './context.ts';
import { sendProblem } from './problem.ts';
import type { Route } from './route.ts';

/**
 * Refuses with `overloaded` while so many requests are in hand. Routes that are always answered neither wait nor count:
 * a process with much to do is alive and ready. `max` undefined, as on Workers: nothing is refused.
 */
export function limitConcurrency(routes: readonly Route[], max: number = Number.POSITIVE_INFINITY) {
  const free = new Set(routes.filter(({ alwaysAnswered }) => alwaysAnswered).map(({ path }) => path));
  let inHand = 0;
  return createMiddleware<AppEnv>(async function limitRequests(context, next) {
    if (free.has(context.req.path)) return next();
    if (inHand >= max) return sendProblem(context, 'overloaded', { retryAfterSeconds: 1 });
    inHand++;
    try {
      return await next();
    } finally {
      inHand--;
    }
  });
}
