/** Use cases of playback tokens: issue them, say why one plays or not, and why one would be issued or not. */
import { createExplainToken, type ExplainPorts, type ExplainToken } from './explain.ts';
import { createInspectToken, type InspectPorts, type InspectToken } from './inspect.ts';
import { createIssueToken, type IssuePorts, type IssueToken } from './issue.ts';

/** What callers can do with playback tokens: viewers and clients get them, whoever looks after viewers, or reads, looks into them. */
export interface TokenUseCases {
  /** Rejects with an OutageError when store or vault do not answer. */
  readonly issue: IssueToken;
  /** Changes nothing. */
  readonly inspect: InspectToken;
  /** Changes nothing. */
  readonly explain: ExplainToken;
}

/** Binds the use cases to their ports. */
export function createTokens(ports: IssuePorts & InspectPorts & ExplainPorts): TokenUseCases {
  return { issue: createIssueToken(ports), inspect: createInspectToken(ports), explain: createExplainToken(ports) };
}
