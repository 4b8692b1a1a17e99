/** How a list is cut into pages whose tokens stay right while items come and go. */
import { invalidMember } from './errors.ts';
import { model } from './model.ts';
import type { Operation } from './model-format.ts';
import type { OperationName } from './model-types.ts';

/** What a caller says about the page it wants. */
export interface PageRequest {
  readonly nextToken?: string | undefined;
  readonly maxResults?: number | undefined;
}

/** One page, with a token when there is more. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/**
 * Cuts a page out of items in the order of their sequence numbers, which rise (oldest first) unless said otherwise. The token names the last item answered, so items
 * that are made or deleted between two pages make none appear twice or be left out.
 * Throws ValidationException for a token that this operation never gave.
 */
export function paginate<T extends { readonly sequence: number }>(
  operationName: OperationName,
  items: readonly T[],
  { nextToken, maxResults }: PageRequest,
  order: 'oldest first' | 'newest first' = 'oldest first',
): Page<T> {
  const operation: Operation = model.operations[operationName];
  const size = maxResults ?? operation.defaultPageSize ?? items.length;
  const start = nextToken ? findStart(items, parseToken(operationName, nextToken), order) : 0;
  const page = items.slice(start, start + size);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + size < items.length;
  return { items: page, ...(hasMore && { nextToken: toToken(operationName, last.sequence) }) };
}

function findStart(items: readonly { readonly sequence: number }[], last: number, order: string): number {
  const start = items.findIndex(({ sequence }) => (order === 'oldest first' ? sequence > last : sequence < last));
  return start === -1 ? items.length : start;
}

function toToken(operation: OperationName, sequence: number): string {
  return Buffer.from(`${operation} ${sequence}`).toString('base64url');
}

function parseToken(operation: OperationName, token: string): number {
  const [name, sequence] = Buffer.from(token, 'base64url').toString().split(' ');
  if (name !== operation || sequence === undefined || !/^\d+$/.test(sequence)) throw invalidMember('nextToken');
  return Number(sequence);
}
