/** One POST to an operator's own service: what is sent, and what may come of it. */
import type { EntitlementReply } from '../../entitlements/ports.ts';

/** Sends a JSON text. Resolves in `timeoutMs` at most, and never rejects. */
export type Post = (request: {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}) => Promise<EntitlementReply>;

/** Largest answer that is read, in bytes. */
export const maxAnswerBytes = 16 * 1024;

/** What a status other than 200 is; undefined for 200. A redirection is never followed: where it leads nobody has allowed. */
export function toStatusFailure(status: number): EntitlementReply | undefined {
  if (status === 200) return undefined;
  const because = status >= 300 && status < 400 ? 'redirected' : 'wrong_status';
  return { kind: 'failed', because, detail: String(status) };
}
