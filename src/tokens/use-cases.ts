/** Use cases of playback tokens: issue them, say why one plays or not, and why one would be issued or not. */
import type { AuditStore } from '../audit/ports.ts';
import { type AuditedTokens, createIssueAudited, type IssueAuditedToken } from './audited.ts';
import { createExplainToken, type ExplainPorts, type ExplainToken } from './explain.ts';
import { createInspectToken, type InspectPorts, type InspectToken } from './inspect.ts';
import { createIssueToken, type IssuePorts } from './issue.ts';

/** What callers can do with playback tokens: viewers and clients get them, whoever looks after viewers, or reads, looks into them. */
export interface TokenUseCases {
  /** Rejects with an OutageError when store or vault do not answer. */
  readonly issue: IssueAuditedToken;
  /** Changes nothing. */
  readonly inspect: InspectToken;
  /** Changes nothing. */
  readonly explain: ExplainToken;
}

interface AuditPorts {
  readonly audit: Pick<AuditStore, 'append'>;
  /** Which requests for tokens are audited. */
  readonly audited: AuditedTokens;
}

/** Binds the use cases to their ports. */
export function createTokens(ports: IssuePorts & InspectPorts & ExplainPorts & AuditPorts): TokenUseCases {
  return {
    issue: createIssueAudited(createIssueToken(ports), ports),
    inspect: createInspectToken(ports),
    explain: createExplainToken(ports),
  };
}
