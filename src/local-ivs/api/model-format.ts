/** What kind of data the API model is: operations, shapes and errors. */

/** One shape: the type of a value and its limits. Lengths count Unicode code points; a pattern matches the whole string. */
export type Shape =
  | {
      readonly type: 'structure';
      readonly required: readonly string[];
      readonly members: Readonly<Record<string, string>>;
      /** The member that travels in the path. */
      readonly uri?: string;
      /** The member that travels in the query string, once for each element. */
      readonly querystring?: string;
    }
  | { readonly type: 'list'; readonly member: string; readonly min?: number; readonly max?: number }
  | { readonly type: 'map'; readonly key: string; readonly value: string; readonly min?: number; readonly max?: number }
  | {
      readonly type: 'string';
      readonly min?: number;
      readonly max?: number;
      readonly pattern?: string;
      readonly enum?: readonly string[];
      /** Never to be repeated in an error or a log. */
      readonly sensitive?: boolean;
    }
  | { readonly type: 'integer' | 'long'; readonly min?: number; readonly max?: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'timestamp'; readonly format: 'iso8601' };

/** One operation: where it is reached, what goes in and out, how it may fail and how often it may be called. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** A fixed path, or one that ends in a `{member}` of the input. */
  readonly path: string;
  /** The status of a success; 204 has no body. */
  readonly status: number;
  readonly input: string;
  readonly output?: string;
  /** Calls a second for one account in one region. */
  readonly callsPerSecond: number;
  /** Calls a second for one channel, besides the limit of the account. */
  readonly callsPerSecondPerChannel?: number;
  /** How many items a list answers when `maxResults` is absent. */
  readonly defaultPageSize?: number;
  readonly errors: readonly string[];
}

/** The whole API. */
export interface Model {
  readonly apiVersion: string;
  readonly signingName: string;
  /** HTTP status by error name. */
  readonly errors: Readonly<Record<string, number>>;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}
