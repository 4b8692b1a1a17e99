/** What admins change by chance while the service comes and goes: each of these has targets of its own, and changes one after another. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../black-box/answer.ts';
import type { Admin } from './admin.ts';
import { keyRegion } from './region-keys.ts';

/** Makes one change. */
type Changer = () => Promise<unknown>;

const pick = <T>(items: readonly T[]): T | undefined => items[randomInt(Math.max(items.length, 1))];

/** Policies of three ids: written, changed and deleted. */
export function createPolicyChanger(admin: Admin, name: string): Changer {
  return () => {
    const id = `${name}-${randomInt(3)}`;
    const on = { params: [id], target: id };
    const tokenTtlSeconds = randomInt(1, 300);
    const kind = randomInt(5);
    if (kind === 0)
      return admin.change({ operation: 'DELETE /v1/admin/policies/{id}', ...on, action: 'policy.delete' });
    if (kind < 3)
      return admin.change({
        ...{ operation: 'PUT /v1/admin/policies/{id}', ...on, action: 'policy.put' },
        body: { allowedCountries: ['DE', 'AT'].slice(randomInt(2)), tokenTtlSeconds },
      });
    const body = { tokenTtlSeconds, closesAt: kind === 3 ? null : '2099-01-01T00:00:00Z' };
    return admin.change({ operation: 'PATCH /v1/admin/policies/{id}', ...on, action: 'policy.patch', body });
  };
}

/** A channel: registered, changed and forgotten. IVS is asked for each registration, and takes few calls a second. */
export function createChannelChanger(admin: Admin, channelArn: string, policies: string): Changer {
  const on = { params: [channelArn], target: channelArn };
  const path = '/v1/admin/channels/{channelArn}';
  return async () => {
    const policyId = pick([null, `${policies}-0`, `${policies}-1`]);
    const access = pick(['entitled', 'authenticated']);
    const kind = randomInt(20);
    if (kind === 0) return admin.change({ operation: `DELETE ${path}`, ...on, action: 'channel.delete' });
    if (kind > 2)
      return admin.change({ operation: `PATCH ${path}`, ...on, action: 'channel.patch', body: { policyId, access } });
    await sleep(200);
    return admin.change({ operation: `PUT ${path}`, ...on, action: 'channel.put', body: { access } });
  };
}

/** Clients of its own: made, changed, given other keys, deleted. */
export function createClientChanger(admin: Admin): Changer {
  const ids: string[] = [];
  const path = '/v1/admin/clients';
  async function keepKey(changing: ReturnType<Admin['change']>): Promise<Json> {
    const { status, body } = await changing;
    if (status === 200 || status === 201) admin.keepSecret(String(body.key));
    return status === 201 ? body : undefined;
  }
  return async () => {
    const id = pick(ids);
    if (id === undefined || (ids.length < 4 && randomInt(3) === 0)) {
      const body = { name: `made-${randomInt(1000)}`, role: 'issuer', channels: ['*'] };
      const findTarget = ({ body: made }: Json) => String(made.id);
      const made = await keepKey(
        admin.change({ operation: `POST ${path}`, action: 'client.create', body, findTarget }),
      );
      if (made !== undefined) ids.push(made.id);
      return;
    }
    const on = { params: [id], target: id };
    const kind = randomInt(5);
    if (kind === 0) {
      const { status } = await admin.change({ operation: `DELETE ${path}/{id}`, ...on, action: 'client.delete' });
      if (status === 204 || status === 404) ids.splice(ids.indexOf(id), 1);
      return;
    }
    if (kind < 3) {
      const body = { name: `changed-${randomInt(1000)}`, expiresAt: pick([null, '2099-01-01T00:00:00Z']) };
      await admin.change({ operation: `PATCH ${path}/{id}`, ...on, action: 'client.patch', body });
      return;
    }
    const body = { overlapSeconds: pick([0, 600]) };
    await keepKey(
      admin.change({ operation: `POST ${path}/{id}/rotate-key`, ...on, action: 'client.rotate_key', body }),
    );
  };
}

/** Key pairs of a region: made, activated, deleted, and where it `rotates`, which takes half a minute, rotated. */
export function createKeyChanger(admin: Admin, { rotates }: { readonly rotates: boolean }): Changer {
  // A rotation may have done just before what is asked for.
  const some = () => ({ least: rotates ? 0 : 1, most: Number.POSITIVE_INFINITY });
  return async () => {
    await sleep(400);
    const { status, body: found } = await admin.look('GET /v1/admin/keys');
    if (status !== 200) return;
    const here: Json[] = found.items.filter(({ region }: Json) => region === keyRegion);
    if (here.some(({ state }) => state === 'pending' || state === 'deleting')) return;
    const other = pick(here.filter(({ state }) => state !== 'active'));
    const asked = { action: 'keys', countEntries: some };
    const body = { region: keyRegion };
    if (other === undefined && rotates && randomInt(2) === 0)
      await admin.change({ operation: 'POST /v1/admin/keys/rotate', body, ...asked });
    else if (other === undefined) await admin.change({ operation: 'POST /v1/admin/keys', body, ...asked });
    else if (randomInt(2) === 0)
      await admin.change({ operation: 'DELETE /v1/admin/keys/{id}', params: [other.id], ...asked });
    else if (other.state === 'imported')
      await admin.change({ operation: 'POST /v1/admin/keys/{id}/activate', params: [other.id], ...asked });
  };
}

/** A time that hardly any other block has, in years. */
export function toFarTime(): string {
  return new Date(Date.UTC(2090, 0, 1) + randomInt(1_000_000) * 1000).toISOString().replace('.000', '');
}

/** A name that nobody else has. */
export function toNewName(kind: string): string {
  return `${kind}-${randomUUID().slice(0, 13)}`;
}
