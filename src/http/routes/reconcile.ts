/** `/v1/admin/keys/reconcile`: what the store, the vault and IVS say differently of keys and channels. */
import { z } from 'zod';
import type { Finding } from '../../keys/drift.ts';
import { reconcileFields, reconcileRequestSchema, toReconciled } from '../../keys/request.ts';
import { answer } from '../answer.ts';
import { admins, readers } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';
import { findingsDocument, toWireFinding } from '../wire/finding.ts';

const path = '/v1/admin/keys/reconcile';
const shared = { tag: 'keys', path } as const;
const refusals = ['rate_limited', 'ivs_unavailable', 'vault_unavailable'] as const;

/** For admins: look, and repair. */
export const reconcileRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    operationId: 'findDrift',
    callers: readers,
    summary: 'Compare the store, the vault and IVS',
    description:
      'In every region that has keys or channels, or in one. It is done once an hour by itself; what it found then is in the log, and in `/readyz?verbose`.',
    query: z.strictObject(reconcileFields),
    answers: { 200: { description: 'What was found', body: findingsDocument } },
    refusals,
    handle: async ({ query }, { reconcile }) => toFindings(await reconcile.find(toReconciled(query))),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    operationId: 'repairDrift',
    callers: admins,
    summary: 'Repair what can be repaired without losing anything',
    body: {
      name: 'RepairRequest',
      schema: () => reconcileRequestSchema,
      example: { region: 'us-west-2' },
    },
    answers: { 200: { description: 'What is found now', body: findingsDocument } },
    refusals,
    handle: async ({ by, body }, { reconcile }) => toFindings(await reconcile.repair(by, toReconciled(body))),
  }),
];

const toFindings = (findings: readonly Finding[]) => answer(200, { items: findings.map(toWireFinding) });
