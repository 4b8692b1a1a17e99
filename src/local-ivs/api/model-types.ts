/** Which TypeScript type each shape and operation of the API model has. */
import type { model } from './model.ts';

type Shapes = typeof model.shapes;
type Operations = typeof model.operations;

/** The name of an operation, such as `GetChannel`. */
export type OperationName = keyof Operations;
/** The name of an error that the service's model lists. */
export type ModelledError = keyof typeof model.errors;
/** The name of a shape, such as `ChannelArn`. */
type ShapeName = keyof Shapes;

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
