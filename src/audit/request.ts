/** What may be asked of the audit. */
import { z } from 'zod';
import { timeSchema } from '../time.ts';

const nameSchema = z.string().min(1).max(512);

/** What may be asked of the entries beside their page; every part that is there must hold. */
export const auditFilterFields = {
  actor: nameSchema.optional().describe('Who did it, as entries name them: a client’s id, `person:` and a subject.'),
  action: z
    .string()
    .regex(/^[a-z_]+(\.[a-z_]+)?$/, 'must be an action such as channel.put, or the first part of one')
    .optional()
    .describe('What was done: `channel.put`, or all that begins with `channel`.'),
  target: nameSchema.optional().describe('What was changed, or what it was about: an ARN, a viewer id, any id.'),
  requestId: nameSchema.optional().describe('The `X-Request-Id` of the answer to the request that did it.'),
  since: timeSchema.optional().describe('Not before this time.'),
};
const auditFilterSchema = z.object(auditFilterFields);
export type AuditFilter = z.output<typeof auditFilterSchema>;
