/** `/livez` and `/readyz`. */
import { z } from 'zod';
import type { ReadinessPart } from '../../readiness.ts';
import { answer } from '../answer.ts';
import { defineRoute, type Route } from '../route.ts';

const shared = { method: 'get', tag: 'service', callers: 'anyone', alwaysAnswered: true } as const;

const livenessDocument = {
  name: 'Liveness',
  schema: z.object({ live: z.literal(true) }),
  example: { live: true as const },
};
const check = z.enum(['ok', 'unavailable']);
const checks = { store: check, vault: check, keyRing: check } satisfies Record<ReadinessPart, typeof check>;
const readinessDocument = {
  name: 'Readiness',
  schema: z.object({ ready: z.boolean(), stopping: z.boolean(), checks: z.object(checks) }),
  example: {
    ready: true,
    stopping: false,
    checks: { store: 'ok' as const, vault: 'ok' as const, keyRing: 'ok' as const },
  },
};

/** For anyone, without a credential: they are what orchestrators and load balancers ask. */
export const healthRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    path: '/livez',
    constant: true,
    operationId: 'getLiveness',
    summary: 'The process runs',
    answers: { 200: { description: 'It does', body: livenessDocument } },
    handle: async () => answer(200, { live: true as const }),
  }),
  defineRoute({
    ...shared,
    path: '/readyz',
    operationId: 'getReadiness',
    summary: 'Store, vault and key ring can be used, and the process goes on',
    description:
      'An answer is given again for a second. `stopping`: the process was told to end, and takes requests only for a while.',
    answers: {
      200: { description: 'All of them', body: readinessDocument },
      503: { description: 'Not all of them, or it is stopping', body: readinessDocument },
    },
    async handle(_, { checkReadiness }) {
      const readiness = await checkReadiness();
      return answer(readiness.ready ? 200 : 503, readiness);
    },
  }),
];
