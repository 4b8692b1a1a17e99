/** What an operator says of a key pair that is to be made. */
import { z } from 'zod';
import { keyPairFields } from './record.ts';

/** The body of `POST /v1/admin/keys`. A pair without a name is called by its id. */
export const keyPairRequestSchema = z.strictObject({ ...keyPairFields, name: keyPairFields.name.optional() });
export type KeyPairRequest = z.output<typeof keyPairRequestSchema>;
