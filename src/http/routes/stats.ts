/** `/v1/admin/stats`: what all instances have counted in the last 48 hours. */
import { z } from 'zod';
import { statsRequestFields } from '../../stats/request.ts';
import { toAnswer } from '../answer.ts';
import { readers, refuseTarget } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';
import { statsDocument, toWireStats } from '../wire/stats.ts';

/** For whoever reads: tokens that were issued and refused, and how soon IVS was told of revocations. */
export const statsRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/admin/stats',
    operationId: 'getStats',
    tag: 'stats',
    callers: readers,
    keepsToChannels: true,
    summary: 'Tokens issued and refused, and the lag of deliveries, of the last 48 hours',
    description:
      'Counted by the minute, over all instances, each of which adds its numbers once a second. A channel is counted by name when an answer shows that it is registered; what a request asked for that was refused before is in the numbers of everything alone.',
    query: z.strictObject(statsRequestFields),
    answers: { 200: { description: 'The numbers, step by step', body: statsDocument } },
    refusals: ['channel_not_entitled'],
    async handle({ caller, query }, { stats }) {
      const refusal = refuseTarget(caller, query);
      return refusal ?? toAnswer(200, await stats.read(query), toWireStats);
    },
  }),
];
