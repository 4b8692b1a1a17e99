/** A laptop run of the service: nothing set but free ports and an admin key, in a folder of its own. */
import { laptopEntry, type NodeService, startNodeService } from '../support/node-service.ts';

/** The bearer key of its bootstrap admin. */
export const laptopAdminKey = 'laptop-admin-key-0123456789-abcdefgh';

/** Starts it; `settings` come on top. */
export function startLaptop(cwd: string, settings: Readonly<Record<string, string>> = {}): Promise<NodeService> {
  const own = { PLAYGATE_ADMIN_KEY: laptopAdminKey, LOCAL_IVS_PORT: '0', COUNTRY_HEADER: '' };
  return startNodeService({ ...own, ...settings }, cwd, laptopEntry);
}

/** Sends JSON with the admin key. */
export function sendAsAdmin(laptop: NodeService, method: string, path: string, json?: unknown): Promise<Response> {
  return laptop.send(path, {
    method,
    headers: { authorization: `Bearer ${laptopAdminKey}`, 'content-type': 'application/json' },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
}
