/** Asking an operator's own service in tests: a service that a test answers in the place of one on a socket, and the rest as it is. */
import { createEntitlements, type Entitlements } from '../../src/entitlements/ask.ts';
import type { EntitlementReply } from '../../src/entitlements/ports.ts';
import type { EntitlementQuestion } from '../../src/entitlements/record.ts';
import type { Clock } from '../../src/system.ts';
import { createRecordingLog } from './recording-log.ts';

/** Says yes or no, and lets it be kept for so many seconds. */
export function toReply(allowed: boolean, maxAgeSeconds = 0): Extract<EntitlementReply, { kind: 'replied' }> {
  return { kind: 'replied', body: JSON.stringify({ allowed }), cacheControl: `max-age=${maxAgeSeconds}` };
}

/** Asks whoever answers so. Without it nobody is asked, as where no secret is set. */
export function createTestEntitlements(
  clock: Clock,
  answer?: (url: string, question: EntitlementQuestion) => EntitlementReply | Promise<EntitlementReply>,
): Entitlements {
  const service = answer && { ask: async (url: string, question: EntitlementQuestion) => answer(url, question) };
  return createEntitlements(
    { service, clock, log: createRecordingLog() },
    { allowedHosts: ['shop.internal'], timeoutMs: 1000 },
  );
}
