/** The name under which a viewer signs in: 1 to 512 characters, of which the service makes a viewer id. */
import { z } from 'zod';
import { subjectMaxLength } from '../revocations/request.ts';

/** Parses the name in a request of the demo page: neither `.` nor `..`, and else whatever is short enough. */
export const viewerName = z
  .string()
  .min(1)
  .max(subjectMaxLength)
  // A URL cannot end in these: they would name the folder above.
  .refine((name) => name !== '.' && name !== '..', 'must not be a dot or two');
