/** `/metrics`: the numbers of this instance. */
import { z } from 'zod';
import { fail } from '../../errors.ts';
import { answer } from '../answer.ts';
import { readers } from '../callers.ts';
import { defineRoute, type Route } from '../route.ts';

const metricsDocument = {
  name: 'Metrics',
  schema: z.string(),
  example: 'playgate_tokens_total{code="issued",region="us-west-2",channel=""} 1027\n',
};

/** For whoever reads, and whoever scrapes with the key of one. */
export const metricsRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/metrics',
    operationId: 'getMetrics',
    tag: 'service',
    summary: 'The numbers of this instance, for Prometheus',
    description:
      'Each instance counts what it does itself; what lies in the store is the same for all. On Workers there is nothing here: the numbers go to Analytics Engine.',
    callers: readers,
    answers: { 200: { description: 'All numbers, in text format 0.0.4', body: metricsDocument, form: 'text' } },
    refusals: ['not_found'],
    async handle(_, { renderMetrics }) {
      return renderMetrics === undefined ? fail('not_found') : answer(200, await renderMetrics());
    },
  }),
];
