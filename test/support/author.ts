/** Whoever changes something where a test does not care. */
import type { Author } from '../../src/audit/record.ts';

export const byAnn: Author = { actor: 'person:ann', from: '203.0.113.7', requestId: 'request-of-ann' };
