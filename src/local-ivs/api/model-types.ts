/** What kind of data the API model is, and which TypeScript type each of its shapes has. */

import type { model } from './model.ts';

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

type Shapes = typeof model.shapes;
type Operations = typeof model.operations;

/** The name of an operation, such as `GetChannel`. */
export type OperationName = keyof Operations;
/** The name of an error that the service's model lists. */
export type ModelledError = keyof typeof model.errors;
/** The name of a shape, such as `ChannelArn`. */
export type ShapeName = keyof Shapes;

type Named<N> = N extends ShapeName ? Value<N> : never;
type Structure<M, R> = { readonly [K in keyof M as K extends R ? K : never]: Named<M[K]> } & {
  readonly [K in keyof M as K extends R ? never : K]?: Named<M[K]> | undefined;
};

/** The TypeScript type of a value of a shape. Timestamps are ISO 8601 strings. */
export type Value<N extends ShapeName> = Shapes[N] extends {
  type: 'structure';
  required: readonly (infer R)[];
  members: infer M;
}
  ? Structure<M, R>
  : Shapes[N] extends { type: 'list'; member: infer M }
    ? readonly Named<M>[]
    : Shapes[N] extends { type: 'map'; value: infer V }
      ? Readonly<Record<string, Named<V>>>
      : Shapes[N] extends { enum: readonly (infer E)[] }
        ? E
        : Shapes[N] extends { type: 'string' | 'timestamp' }
          ? string
          : Shapes[N] extends { type: 'boolean' }
            ? boolean
            : number;

/** What an operation is given. */
export type Input<N extends OperationName> = Named<Operations[N]['input']>;
/** What an operation answers; nothing when its answer has no body. */
export type Output<N extends OperationName> = Operations[N] extends { output: infer O } ? Named<O> : undefined;
