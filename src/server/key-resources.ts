/** Key pairs and their life. */
import { type ApiClient, toData } from '../api-client/api-client.ts';
import type {
  AdoptionRequest,
  KeyPairRequest,
  operations,
  RepairRequest,
  Rotation,
  RotationActionRequest,
  RotationPlan,
  RotationRequest,
} from '../api-client/openapi.ts';

type DriftQuery = NonNullable<operations['findDrift']['parameters']['query']>;

/** Binds them to the service. */
export function createKeyResources(api: ApiClient) {
  const toPath = (id: string) => ({ params: { path: { id } } });
  return {
    keys: {
      /** All key pairs, and for each region its rotations. */
      list: () => toData(api.GET('/v1/admin/keys')),
      get: (id: string) => toData(api.GET('/v1/admin/keys/{id}', toPath(id))),
      /** Generates a pair. The first of a region signs at once. */
      create: (request: KeyPairRequest) => toData(api.POST('/v1/admin/keys', { body: request })),
      /** Takes over a pair that IVS has already. */
      adopt: (request: AdoptionRequest) => toData(api.POST('/v1/admin/keys/adopt', { body: request })),
      /** Has a pair sign; the one before retires. */
      activate: (id: string) => toData(api.POST('/v1/admin/keys/{id}/activate', toPath(id))),
      /** Deletes a pair, in IVS too. With `force` whatever speaks against it. */
      async delete(id: string, { force = false }: { readonly force?: boolean } = {}): Promise<void> {
        await api.DELETE('/v1/admin/keys/{id}', {
          params: { path: { id }, ...(force && { query: { force: 'true' } }) },
        });
      },
      ...createRotationMethods(api),
      /** What store, vault and IVS say differently. */
      findDrift: (query: DriftQuery = {}) => toData(api.GET('/v1/admin/keys/reconcile', { params: { query } })),
      /** Repairs what of it can be repaired; answers what is left. */
      repairDrift: (request: RepairRequest = {}) => toData(api.POST('/v1/admin/keys/reconcile', { body: request })),
    },
  };
}

function createRotationMethods(api: ApiClient) {
  const rotate = (body: RotationRequest) => toData(api.POST('/v1/admin/keys/rotate', { body }));
  return {
    /** Begins a rotation, or answers the one that is under way. */
    async rotate(request: Omit<RotationRequest, 'dryRun'>): Promise<Rotation> {
      const rotation = await rotate(request);
      if (!('step' in rotation)) throw new TypeError('A rotation was only planned');
      return rotation;
    },
    /** What a rotation would do and lose; changes nothing. */
    async planRotation(request: Omit<RotationRequest, 'dryRun'>): Promise<RotationPlan> {
      const plan = await rotate({ ...request, dryRun: true });
      if ('step' in plan) throw new TypeError('A rotation was begun in place of a plan');
      return plan;
    },
    /** Has a rotation stand still. */
    haltRotation: (request: RotationActionRequest) => toData(api.POST('/v1/admin/keys/rotate/halt', { body: request })),
    /** Has it go on. */
    resumeRotation: (request: RotationActionRequest) =>
      toData(api.POST('/v1/admin/keys/rotate/resume', { body: request })),
    /** Has the pair sign again that signed before. */
    turnBackRotation: (request: RotationActionRequest) =>
      toData(api.POST('/v1/admin/keys/rotate/turn-back', { body: request })),
  };
}
