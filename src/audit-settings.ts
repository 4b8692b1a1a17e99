/** The settings of the audit: what is in it, how much, and for how long. */
import { z } from 'zod';
import { wholeNumber, withNotes } from './setting-schemas.ts';
import { auditedTokens } from './tokens/audited.ts';

/** Bounds and defaults of the audit. */
export const auditSettings = {
  AUDIT_DAYS: withNotes(wholeNumber(1, 3650).default(365), {
    description: 'How long an entry of the audit is kept',
    unit: 'days',
    consequence: 'Older ones are deleted when the next one is written, and not shown before that.',
  }),
  AUDIT_MAX_ENTRIES: withNotes(wholeNumber(1000, 10_000_000).default(100_000), {
    description: 'How many entries of changes are kept, and as many of tokens',
    consequence: 'The oldest go first. An entry takes about 0.9 KB of the store, one of a token half of that.',
  }),
  AUDIT_TOKENS: withNotes(z.enum(auditedTokens).default('none'), {
    description: 'Which requests for tokens are in the audit: `none`, `denied` ones or `all`',
    consequence:
      'Each is one more round trip to the store, and a token is handed out when its entry is written. They push out no entries of changes.',
  }),
};
