/** The statement of a route: all that there is to say of it, said once. Description, checks and mounting follow from it. */
import type { z } from 'zod';
import type { Caller, Permission } from '../access/caller.ts';
import type { ViewerPlace } from '../access/viewer.ts';
import type { Author } from '../audit/record.ts';
import type { ErrorCode, Result } from '../errors.ts';
import type { Services } from '../services.ts';
import type { Answer, AnswerStatus } from './answer.ts';
import type { LogFields } from './context.ts';

/** The groups of routes, each with what it is for. */
export const tags = {
  tokens: 'Playback tokens: issue them, and see why one plays or not.',
  keys: 'The key pairs that sign, and their public halves.',
  channels: 'Private channels, and the policies attached to them.',
  policies: 'Restriction policies: who may start to watch, from where, and what the token then carries.',
  revocations: 'Ending sessions, and blocking viewers.',
  viewers: 'What is known of single viewers, and all that blocks them.',
  blocks: 'All blocks at once, to carry them from one store to another.',
  clients: 'API clients and their keys.',
  audit: 'Who changed what, when and from where.',
  callers: 'Who is asking, and where operators sign in.',
  stats: 'How many tokens were issued and refused, and how soon IVS was told.',
  service: 'The service about itself.',
} as const;

/** What the schema of a body may depend on. */
export interface Asked {
  /** Undefined on a route that anyone may call. */
  readonly caller: Caller | undefined;
  readonly nowSeconds: number;
}

/** A JSON document as it is described: under a name in `components.schemas`, with an example that its schema takes. */
export interface JsonDocument<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: Schema;
  readonly example: z.input<Schema>;
  /** The documents that stand in it, and have names of their own. */
  readonly parts?: readonly JsonDocument[];
}

/** How a document goes over the wire: as JSON, for one that is a list as a line of JSON for each item (NDJSON), or as the text that it is. */
export type Form = 'json' | 'lines' | 'text';

/** A body that is sent to a route. Its schema may depend on who asks, and when; how it is described may not. */
interface RequestBody<Schema extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly schema: (asked: Asked) => Schema;
  readonly example: z.input<Schema>;
  /** Default `json`. Problems of lines have the line's number in their path, from 1. */
  readonly form?: Form;
  /** Largest that is read, in bytes; `usualMaxBytes` when absent. */
  readonly maxBytes?: number;
}

/** Largest body that a route reads which says nothing else, in bytes. */
export const usualMaxBytes = 16 * 1024;

/** One way in which a route answers when it does not refuse; without `body` the answer is empty. */
interface AnswerStatement {
  readonly description: string;
  readonly body?: JsonDocument;
  /** Default `json`. */
  readonly form?: Form;
  /** The headers that it may carry beside those of every answer, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>;
}
type AnswerStatements = { readonly [Status in AnswerStatus]?: AnswerStatement };

/** What a handler gives for a stated answer: the document, its lines as they are read, or nothing. */
type BodyOf<Stated> = Stated extends { readonly body: JsonDocument<infer Schema> }
  ? Stated extends { readonly form: 'lines' }
    ? AsyncIterable<z.input<Schema> extends readonly (infer Line)[] ? Line : never>
    : z.input<Schema>
  : null;

/** The answers that a handler may give: a stated status with the document that was stated for it. */
type AnswerOf<Answers extends AnswerStatements> = {
  [Status in keyof Answers & AnswerStatus]: Answer<Status, BodyOf<Answers[Status]>>;
}[keyof Answers & AnswerStatus];

/** What a handler is given: the parsed request, who asks, and what it may learn and say beside. */
interface RouteRequest<Who, Params, Query, Headers, Body> {
  readonly caller: Who;
  /** The caller as the audit names them, with where the request came from. */
  readonly by: Who extends undefined ? undefined : Author;
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  /** Where the sender of this very request is: its `Origin`, and the country that the runtime knows. */
  readonly observePlace: () => ViewerPlace;
  /** The caller, for a route that `tellsMore`: refused when it is none of these. */
  readonly authenticate: () => Promise<Result<Caller>>;
  /** Adds fields to the request's log line. */
  readonly note: (fields: LogFields) => void;
  /** Adds headers to the answer, whether it refuses or not. */
  readonly addHeaders: (headers: Readonly<Record<string, string>>) => void;
}

/** What is said of a route whatever its types. */
interface RouteBase {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters as OpenAPI writes them: `/v1/admin/policies/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly tag: keyof typeof tags;
  readonly summary: string;
  readonly description?: string;
  /** Pages of any origin may call it: browsers are answered their preflight, and may read the answer. */
  readonly crossOrigin?: true;
  /** It is answered however many requests are in hand: it costs next to nothing, and whoever asks would end the process for want of an answer. */
  readonly alwaysAnswered?: true;
  /** Its answer never changes: it is written out once, and its bytes are shared by everyone who is sent them. */
  readonly constant?: true;
  /** Anyone may call it, and these may be told more when they say who they are. */
  readonly tellsMore?: readonly Permission[];
  /**
   * A caller who is limited to channels may call it, and it keeps to them itself. Without it such a caller is refused, as it is about all
   * channels, or none.
   */
  readonly keepsToChannels?: true;
  /** The codes that its use case refuses with; those that every route shares are added. */
  readonly refusals?: readonly ErrorCode[];
}

type Callers = 'anyone' | readonly Permission[];

interface Statement<
  Who extends Callers,
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Headers extends z.ZodObject,
  Body extends z.ZodType,
  Answers extends AnswerStatements,
> extends RouteBase {
  /** Who may call it. */
  readonly callers: Who;
  readonly params?: Params;
  readonly query?: Query;
  /** Those that the route heeds itself, by their names; all others are let pass. */
  readonly headers?: Headers;
  readonly body?: RequestBody<Body>;
  readonly answers: Answers;
  handle(
    request: RouteRequest<
      Who extends 'anyone' ? undefined : Caller,
      z.output<Params>,
      z.output<Query>,
      z.output<Headers>,
      z.output<Body>
    >,
    services: Services,
  ): Promise<Result<AnswerOf<Answers>>>;
}

/** A stated route, its own types left behind. */
export interface Route extends RouteBase {
  readonly callers: Callers;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: RequestBody;
  readonly answers: AnswerStatements;
  handle(
    // Whoever calls a route that has callers has an author; the others have no use for one.
    request: RouteRequest<Caller | undefined, unknown, unknown, unknown, unknown>,
    services: Services,
  ): Promise<Result<Answer>>;
}

type NoParameters = Record<never, never>;

/** States a route. Its handler gets what its schemas make of the request, and can give no answer but a stated one. */
export function defineRoute<
  const Who extends Callers,
  Answers extends AnswerStatements,
  Params extends z.ZodObject = z.ZodObject<NoParameters>,
  Query extends z.ZodObject = z.ZodObject<NoParameters>,
  Headers extends z.ZodObject = z.ZodObject<NoParameters>,
  Body extends z.ZodType = z.ZodUndefined,
>(statement: Statement<Who, Params, Query, Headers, Body, Answers>): Route {
  return statement;
}
