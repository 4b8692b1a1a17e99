/** What an operator sets up and reads: channels, policies, API clients, the audit, statistics. */
import { type ApiClient, toData } from '../api-client/api-client.ts';
import type {
  AuditEntry,
  ChannelPatch,
  ChannelRequest,
  ClientPatch,
  ClientRequest,
  KeyRotationRequest,
  operations,
  PolicyImport,
  PolicyPatch,
  PolicyRequest,
} from '../api-client/openapi.ts';
import { readLines, readPages } from './lists.ts';

type AuditFilter = NonNullable<operations['exportAudit']['parameters']['query']>;
type StatsQuery = NonNullable<operations['getStats']['parameters']['query']>;

/** Binds them to the service. */
export function createRecordResources(api: ApiClient) {
  return {
    channels: createChannelResource(api),
    policies: createPolicyResource(api),
    clients: createClientResource(api),
    audit: {
      /** Every entry that fits, newest first, page by page. */
      list: (filter: AuditFilter = {}) =>
        readPages((place) =>
          toData(api.GET('/v1/admin/audit', { params: { query: { ...filter, ...place, limit: 100 } } })),
        ),
      /** The same in one answer, for very many. */
      export: (filter: AuditFilter = {}) =>
        readLines<AuditEntry>(api.GET('/v1/admin/audit/export', { params: { query: filter }, parseAs: 'stream' })),
    },
    /** Tokens issued and refused, and how soon IVS was told, of the last 48 hours at most. */
    stats: (query: StatsQuery = {}) => toData(api.GET('/v1/admin/stats', { params: { query } })),
  };
}

function createChannelResource(api: ApiClient) {
  const toPath = (channelArn: string) => ({ params: { path: { channelArn } } });
  return {
    /** Every channel that is registered, by ARN. */
    list: () =>
      readPages((place) => toData(api.GET('/v1/admin/channels', { params: { query: { ...place, limit: 100 } } }))),
    get: (channelArn: string) => toData(api.GET('/v1/admin/channels/{channelArn}', toPath(channelArn))),
    /** Registers a private channel, or replaces its registration: what is left out gets its default. */
    put: (channelArn: string, request: ChannelRequest = {}) =>
      toData(api.PUT('/v1/admin/channels/{channelArn}', { ...toPath(channelArn), body: request })),
    /** Changes what is given. */
    patch: (channelArn: string, patch: ChannelPatch) =>
      toData(api.PATCH('/v1/admin/channels/{channelArn}', { ...toPath(channelArn), body: patch })),
    /** Forgets it; in IVS it stays as it is. */
    async delete(channelArn: string): Promise<void> {
      await api.DELETE('/v1/admin/channels/{channelArn}', toPath(channelArn));
    },
  };
}

function createPolicyResource(api: ApiClient) {
  const toPath = (id: string) => ({ params: { path: { id } } });
  return {
    /** Every policy, by id. */
    list: () =>
      readPages((place) => toData(api.GET('/v1/admin/policies', { params: { query: { ...place, limit: 100 } } }))),
    get: (id: string) => toData(api.GET('/v1/admin/policies/{id}', toPath(id))),
    /** Makes a policy, or replaces it: what is left out gets its default. */
    put: (id: string, request: PolicyRequest) =>
      toData(api.PUT('/v1/admin/policies/{id}', { ...toPath(id), body: request })),
    /** Changes what is given. */
    patch: (id: string, patch: PolicyPatch) =>
      toData(api.PATCH('/v1/admin/policies/{id}', { ...toPath(id), body: patch })),
    /** Refused with `policy_in_use` while it is attached to a channel. */
    async delete(id: string): Promise<void> {
      await api.DELETE('/v1/admin/policies/{id}', toPath(id));
    },
    /** Makes a policy of a playback restriction policy of IVS. */
    import: (request: PolicyImport) => toData(api.POST('/v1/admin/policies/import', { body: request })),
  };
}

function createClientResource(api: ApiClient) {
  const toPath = (id: string) => ({ params: { path: { id } } });
  return {
    /** Every API client, by id. */
    list: () =>
      readPages((place) => toData(api.GET('/v1/admin/clients', { params: { query: { ...place, limit: 100 } } }))),
    /** Makes one. Its key is in this answer and nowhere else. */
    create: (request: ClientRequest) => toData(api.POST('/v1/admin/clients', { body: request })),
    get: (id: string) => toData(api.GET('/v1/admin/clients/{id}', toPath(id))),
    /** Changes what is given. */
    patch: (id: string, patch: ClientPatch) =>
      toData(api.PATCH('/v1/admin/clients/{id}', { ...toPath(id), body: patch })),
    /** Makes another key; the one before holds on for a day, or for `overlapSeconds`. */
    rotateKey: (id: string, request: KeyRotationRequest = {}) =>
      toData(api.POST('/v1/admin/clients/{id}/rotate-key', { ...toPath(id), body: request })),
    async delete(id: string): Promise<void> {
      await api.DELETE('/v1/admin/clients/{id}', toPath(id));
    },
  };
}
