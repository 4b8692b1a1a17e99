/** What is done with viewers: tokens for them, why they may not watch, ending and blocking. */
import { type ApiClient, toData } from '../api-client/api-client.ts';
import type {
  Block,
  BlocksRequest,
  CreatedRevocation,
  ExplainRequest,
  InspectRequest,
  operations,
  RevocationEstimate,
  RevocationRequest,
  TokenRequest,
} from '../api-client/openapi.ts';
import { readLines, readPages, toLines } from './lists.ts';

type Query<Name extends keyof operations> = Omit<
  NonNullable<operations[Name]['parameters']['query']>,
  'cursor' | 'limit'
>;

/** Binds them to the service. */
export function createViewerResources(api: ApiClient) {
  return {
    tokens: {
      /** Issues a playback token. Without a `viewerId` it is for an anonymous viewer, whose random id is in the answer. */
      create: (request: TokenRequest) => toData(api.POST('/v1/tokens', { body: request })),
      /** Says why a token, or a playback URL, would play or not. */
      inspect: (request: InspectRequest) => toData(api.POST('/v1/tokens/inspect', { body: request })),
    },
    /** Says what would be decided for a viewer, check by check; nothing is signed. */
    explain: (request: ExplainRequest) => toData(api.POST('/v1/admin/explain', { body: request })),
    viewers: {
      /** What is known of a viewer: tokens of the last 48 hours, floors, blocks. */
      get: (viewerId: string) => toData(api.GET('/v1/admin/viewers/{viewerId}', { params: { path: { viewerId } } })),
      /** Lifts every block of a viewer; what was ended stays ended. */
      liftBlocks: (viewerId: string) =>
        toData(api.DELETE('/v1/admin/viewers/{viewerId}/blocks', { params: { path: { viewerId } } })),
    },
    revocations: createRevocationResource(api),
    blocks: {
      /** Every block that holds now, one after the other. */
      export: () => readLines<Block>(api.GET('/v1/admin/blocks', { parseAs: 'stream' })),
      /** Brings in blocks as they were exported: 4000 at a time. The same may be brought in again. */
      import: (blocks: BlocksRequest) =>
        toData(
          api.POST('/v1/admin/blocks', {
            body: blocks,
            bodySerializer: toLines,
            headers: { 'content-type': 'application/x-ndjson' },
          }),
        ),
    },
  };
}

function createRevocationResource(api: ApiClient) {
  const revoke = (body: RevocationRequest, headers?: { 'Idempotency-Key': string }) =>
    toData(api.POST('/v1/admin/revocations', { body, ...(headers && { params: { header: headers } }) }));
  return {
    /**
     * Ends sessions of a viewer, of viewers or of everyone on a channel, and with `block` issues no tokens until it is over. Answered once it
     * is durable; IVS is told then. The same `idempotencyKey` is the same revocation for a day; default: a new one.
     */
    async create(
      request: Omit<RevocationRequest, 'dryRun'>,
      idempotencyKey: string = crypto.randomUUID(),
    ): Promise<CreatedRevocation> {
      const made = await revoke(request, { 'Idempotency-Key': idempotencyKey });
      if ('dryRun' in made) throw new TypeError('A revocation was only estimated');
      return made;
    },
    /** How many a revocation would meet; changes nothing. */
    async estimate(request: Omit<RevocationRequest, 'dryRun'>): Promise<RevocationEstimate> {
      const estimate = await revoke({ ...request, dryRun: true });
      if (!('dryRun' in estimate)) throw new TypeError('A revocation was made in place of an estimate');
      return estimate;
    },
    /** Every one that fits, newest first. */
    list: (query: Query<'listRevocations'> = {}) =>
      readPages((place) =>
        toData(api.GET('/v1/admin/revocations', { params: { query: { ...query, ...place, limit: 100 } } })),
      ),
    /** One, with how far IVS was told. */
    get: (id: string) => toData(api.GET('/v1/admin/revocations/{id}', { params: { path: { id } } })),
    /** Lifts its block; what was ended stays ended. */
    async lift(id: string): Promise<void> {
      await api.DELETE('/v1/admin/revocations/{id}', { params: { path: { id } } });
    },
    /** The viewer ids of a list that was revoked. */
    listViewers: (id: string) =>
      readPages((place) =>
        toData(
          api.GET('/v1/admin/revocations/{id}/viewers', { params: { path: { id }, query: { ...place, limit: 100 } } }),
        ),
      ),
    /** What IVS refused of it. */
    listFailed: (id: string) =>
      readPages((place) =>
        toData(
          api.GET('/v1/admin/revocations/{id}/failed', { params: { path: { id }, query: { ...place, limit: 100 } } }),
        ),
      ),
    /** Tells IVS again of what it refused. */
    retry: (id: string) => toData(api.POST('/v1/admin/revocations/{id}/retry', { params: { path: { id } } })),
  };
}
