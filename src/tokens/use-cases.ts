/** Use cases of playback tokens: issue them, and say why one plays or not. */
import { createInspectToken, type InspectPorts, type InspectToken } from './inspect.ts';
import { createIssueToken, type IssuePorts, type IssueToken } from './issue.ts';

/** What callers can do with playback tokens: viewers and clients get them, admins and auditors inspect them. */
export interface TokenUseCases {
  /** Rejects with an OutageError when store or vault do not answer. */
  readonly issue: IssueToken;
  /** Changes nothing. */
  readonly inspect: InspectToken;
}

/** Binds the use cases to their ports. */
export function createTokens(ports: IssuePorts & InspectPorts): TokenUseCases {
  return { issue: createIssueToken(ports), inspect: createInspectToken(ports) };
}
