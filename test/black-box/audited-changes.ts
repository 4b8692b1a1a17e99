/** Which operations changed something in a run, and whether the audit has an entry of them: the one way not to forget a route. */
import type { Answer, Json } from './answer.ts';
import type { Api } from './api.ts';

/** Operations under `/v1/admin` that ask with a body and change nothing. */
const asking = ['explainDecision'];

/** What was changed by whoever called. */
export interface ChangeWatch {
  /** Notes a call that was answered. */
  note(method: string, path: string, answer: Answer): void;
  /** By operation, whether one of the changes that were acknowledged has an entry; undefined where none was. */
  compare(api: Api): Promise<Readonly<Record<string, boolean | undefined>>>;
}

/** Creates a watch that has seen nothing. */
export function createChangeWatch(): ChangeWatch {
  const acknowledged: { readonly method: string; readonly pathname: string; readonly requestId: string | null }[] = [];
  return {
    note(method, path, { status, headers }) {
      if (status < 200 || status > 299) return;
      acknowledged.push({ method, pathname: path.replace(/\?.*$/, ''), requestId: headers.get('x-request-id') });
    },
    async compare(api) {
      const audited = new Set(await readRequestIds(api));
      return Object.fromEntries(
        listChanging((await api.call('GET', '/openapi.json')).body).map(({ operationId, method, pattern }) => {
          const calls = acknowledged.filter((call) => call.method === method && pattern.test(call.pathname));
          return [operationId, calls.length === 0 ? undefined : calls.some(({ requestId }) => audited.has(requestId))];
        }),
      );
    },
  };
}

async function readRequestIds(api: Api): Promise<readonly (string | null)[]> {
  const { body } = await api.call('GET', '/v1/admin/audit/export');
  return body.map(({ requestId }: Json) => requestId);
}

function listChanging(description: Json) {
  return Object.entries<Json>(description.paths).flatMap(([path, operations]) =>
    Object.entries<Json>(operations)
      .filter(
        ([method, { operationId }]) =>
          method !== 'get' && path.startsWith('/v1/admin/') && !asking.includes(operationId),
      )
      .map(([method, { operationId }]) => ({
        operationId: String(operationId),
        method: method.toUpperCase(),
        pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
      })),
  );
}
