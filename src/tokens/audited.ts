/** Tokens in the audit, where that is set: who asked for one, for whom, and what became of it. Never the token. */
import type { AuditStore } from '../audit/ports.ts';
import { type Author, toAuditDraft } from '../audit/record.ts';
import type { Result } from '../errors.ts';
import type { IssuedToken, IssueQuestion, IssueToken } from './issue.ts';

/** Which requests for tokens are audited: none, those that are refused, or all. */
export const auditedTokens = ['none', 'denied', 'all'] as const;
export type AuditedTokens = (typeof auditedTokens)[number];

/** A question, and who asks it as the audit names them. */
type IssueQuestionBy = IssueQuestion & { readonly by: Author };

/** Issues a token. It is handed out when its entry is written; rejects with `store_unavailable` when that cannot be. */
export type IssueAuditedToken = (question: IssueQuestionBy) => Promise<Result<IssuedToken>>;

/** Binds the issuing to the audit. */
export function createIssueAudited(
  issue: IssueToken,
  { audit, audited }: { readonly audit: Pick<AuditStore, 'append'>; readonly audited: AuditedTokens },
): IssueAuditedToken {
  if (audited === 'none') return issue;
  return async function issueAudited(question) {
    const issued = await issue(question);
    if (!issued.ok || audited === 'all') await audit.append('token', toEntry(question, issued));
    return issued;
  };
}

function toEntry({ by, viewer, request }: IssueQuestionBy, issued: Result<IssuedToken>) {
  const { viewerId, place } = viewer;
  const { country = null, origin = null } = place;
  return toAuditDraft(by, {
    ...{ action: 'token.issue', target: request.channelArn, about: [viewerId] },
    after: {
      ...{ viewerId, country, origin },
      ...(issued.ok && { sessionVersion: issued.value.sessionVersion, expiresAt: issued.value.expiresAt }),
    },
    result: issued.ok ? 'issued' : issued.code,
  });
}
