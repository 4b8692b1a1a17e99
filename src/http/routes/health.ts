/** `/livez` and `/readyz`. */
import { z } from 'zod';
import { type PartCheck, partStates, type Readiness, type ReadinessPart } from '../../readiness.ts';
import { timeSchema, toIsoTime } from '../../time.ts';
import { answer } from '../answer.ts';
import { readers } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';
import { findingDocument, toWireFinding } from '../wire/finding.ts';

const shared = { method: 'get', tag: 'service', callers: 'anyone', alwaysAnswered: true } as const;

const livenessDocument = {
  name: 'Liveness',
  schema: z.object({ live: z.literal(true) }),
  example: { live: true as const },
};
const check = z.object({
  state: z.enum(partStates),
  since: timeSchema.describe('Since when it is in its state, as this instance saw it.'),
  reason: z.string().nullable().optional().describe('What is wrong; null when nothing is. Only with `verbose`.'),
});
const checks = { store: check, vault: check, keys: check } satisfies Record<ReadinessPart, typeof check>;
const checkExample = { state: 'ok' as const, since: '2026-11-20T17:00:00Z' };
const readinessDocument = {
  name: 'Readiness',
  schema: z.object({
    ready: z.boolean(),
    stopping: z.boolean(),
    checks: z.object(checks),
    findings: z
      .array(findingDocument.schema)
      .optional()
      .describe('What store, vault and IVS said differently when they were last compared. Only with `verbose`.'),
  }),
  example: {
    ready: true,
    stopping: false,
    checks: { store: checkExample, vault: checkExample, keys: checkExample },
  },
  parts: [findingDocument],
};

/** What is wrong names files, key pairs and regions, which are nothing for strangers. */
function toWireReadiness(
  { checks, findings, ...readiness }: Readiness,
  verbose: boolean,
): z.input<typeof readinessDocument.schema> {
  const toWireCheck = ({ state, since, reason }: PartCheck) => ({
    state,
    since: toIsoTime(since),
    ...(verbose && { reason }),
  });
  const { store, vault, keys } = checks;
  const more = verbose ? { findings: findings.map(toWireFinding) } : {};
  return {
    ...readiness,
    ...more,
    checks: { store: toWireCheck(store), vault: toWireCheck(vault), keys: toWireCheck(keys) },
  };
}

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
    summary: 'This instance can record and sign for at least one region that has channels, and goes on',
    description:
      'An answer is given again for a second. A part that is `degraded` should be mended, while tokens go on. `stopping`: the process was told to end, and takes requests only for a while.',
    query: z.strictObject({
      verbose: z
        .literal('', 'has no value')
        .optional()
        .describe(
          'With it (`?verbose`), and the credential of an admin, operator or auditor, the answer says what is wrong.',
        ),
    }),
    answers: {
      200: { description: 'It can', body: readinessDocument },
      503: { description: 'It cannot, or it is stopping', body: readinessDocument },
    },
    tellsMore: readers,
    async handle({ query, authenticate }, { checkReadiness }) {
      const verbose = query.verbose !== undefined;
      const caller = verbose ? await authenticate() : undefined;
      if (caller?.ok === false) return caller;
      const readiness = await checkReadiness();
      return answer(readiness.ready ? 200 : 503, toWireReadiness(readiness, verbose));
    },
  }),
];
