/** What an API client is made from. */
import { z } from 'zod';
import { clientFields } from './record.ts';

/** The body of `POST /v1/admin/clients`. */
export const clientRequestSchema = z.strictObject({ ...clientFields, channels: clientFields.channels.default(['*']) });
export type ClientRequest = z.output<typeof clientRequestSchema>;
