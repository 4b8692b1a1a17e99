/** Whose the changes are that the demo makes, in the audit. */
import { toServiceAuthor } from '../audit/record.ts';

/** The demo itself: whoever uses its page has no credential. */
export const demoAuthor = toServiceAuthor('demo');
