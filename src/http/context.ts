/** What travels with a request through the routes. */
import type { Context, Hono, MiddlewareHandler } from 'hono';
import type { CredentialProblem } from '../access/authenticate.ts';
import type { UnansweredReason } from '../entitlements/record.ts';
import type { ChannelArn, CountryCode, RevocationId, ViewerId } from '../ids.ts';
import type { LimitName } from '../limits/record.ts';
import type { AnsweredRequest } from '../metrics.ts';
import type { Scope } from '../revocations/record.ts';
import type { Services } from '../services.ts';
import type { Clock, Log, Random } from '../system.ts';

/** What is noted of a request while it is answered, for its one log line. Never a token or a credential. */
export interface LogFields {
  /** A client's id, `bootstrap-admin`, `person:` and the subject of an operator, or `viewer`. */
  readonly caller?: string;
  /** Why the credential is nobody's. Its caller is never told. */
  readonly refusedBecause?: CredentialProblem;
  readonly channelArn?: ChannelArn;
  readonly viewerId?: ViewerId | undefined;
  readonly country?: CountryCode | undefined;
  readonly origin?: string | undefined;
  readonly sessionVersion?: number;
  /** Which limit was exceeded. */
  readonly limit?: LimitName;
  /** Why the operator's own service gave no answer. Its caller is never told. */
  readonly unansweredBecause?: UnansweredReason;
  readonly revocationId?: RevocationId;
  readonly scope?: Scope;
  /** Of a list. */
  readonly viewerCount?: number;
  readonly floor?: number;
  /** Of deliveries or blocks, by what became of them. */
  readonly counts?: Readonly<Record<string, number>>;
}

/** What Hono keeps for a request: its id, what chance is drawn from, the time, the headers of its answer, its log line's fields, and the code of the problem it ended with. */
export interface AppEnv {
  readonly Variables: {
    requestId: string;
    random: Random;
    clock: Clock;
    headers: Record<string, string>;
    logFields: LogFields;
    errorCode: string;
  };
}

/** A Hono app whose requests carry the variables of `AppEnv`. */
export type App = Hono<AppEnv>;
/** One request of such an app, and the answer to it. */
export type AppContext = Context<AppEnv>;

/** Where a viewer is, as the runtime knows it; undefined when it does not. */
export type ViewerLocation = (context: AppContext) => CountryCode | undefined;

/** What the routes are served with. */
export interface HttpPorts {
  readonly services: Services;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly viewerLocation: ViewerLocation;
  /** Whether who sent the request is a proxy that the operator trusts. Default: nobody is. */
  readonly isFromTrustedProxy?: (context: AppContext) => boolean;
  /** The address that a request came from; undefined when the runtime does not know it. Default: nobody does. */
  readonly clientAddress?: (context: AppContext) => string | undefined;
  /** Makes each request part of a trace. Default: none is. */
  readonly traceRequests?: MiddlewareHandler<AppEnv> | undefined;
  /** Told of every request when it was answered. */
  readonly onAnswered?: (answered: AnsweredRequest) => void;
  /** How many requests are worked on at a time. Default: no bound, as on Workers, where a request whose client hangs up ends without a word. */
  readonly maxConcurrentRequests?: number;
  /** Whether the log has the message of an error of our own: on a laptop alone, since it may quote what came in. Default false. */
  readonly logsErrorMessages?: boolean;
}

/** Adds fields to the request's log line. */
export function noteInLog(context: AppContext, fields: LogFields): void {
  context.set('logFields', { ...context.get('logFields'), ...fields });
}
