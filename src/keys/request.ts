/** What an operator says of a key pair that is to be made. */
import { z } from 'zod';
import { regionSchema } from '../ids.ts';

/** The body of `POST /v1/admin/keys`. The name goes to IVS, which takes letters, digits, `-` and `_`. */
export const keyPairRequestSchema = z.strictObject({
  region: regionSchema,
  name: z
    .string()
    .regex(/^[a-zA-Z0-9_-]{1,128}$/, 'must be 1 to 128 letters, digits, "-" or "_"')
    .optional(),
});
export type KeyPairRequest = z.output<typeof keyPairRequestSchema>;
