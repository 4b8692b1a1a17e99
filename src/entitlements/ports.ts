/** What asking takes of the outside: somebody who sends one question. */
import type { EntitlementQuestion, UnansweredReason } from './record.ts';

/** What came over the network. */
export type EntitlementReply =
  /** Status 200, and its body as far as it was not too large. */
  | { readonly kind: 'replied'; readonly body: string; readonly cacheControl: string | undefined }
  | {
      readonly kind: 'failed';
      readonly because: Exclude<UnansweredReason, 'not_configured' | 'circuit_open' | 'busy' | 'not_understood'>;
      /** For the log: a status, or the system's name of an error. Nothing that the other side wrote. */
      readonly detail?: string | undefined;
    };

/** Sends one question. Resolves within the deadline, and never rejects. */
export interface EntitlementService {
  ask(url: string, question: EntitlementQuestion): Promise<EntitlementReply>;
}
