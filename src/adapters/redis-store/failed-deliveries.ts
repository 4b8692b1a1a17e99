/** Deliveries that failed: kept with their reason, listed, and made pending again. */
import type { ChannelArn, ViewerId } from '../../ids.ts';
import type { FailedDelivery, RevocationStore } from '../../revocations/ports.ts';
import { toPage } from '../page.ts';
import type { Keyspace } from './keyspace.ts';

/** Made pending by one script. */
const retriedAtOnce = 200;

/** Most that a revocation keeps, and so most rounds of a retry: what fails again in the meantime waits for the next one. */
const maxRounds = 10_000 / retriedAtOnce;

/** Binds the failed deliveries to their keys. */
export function createFailedDeliveries(keyspace: Keyspace): Pick<RevocationStore, 'listFailed' | 'retryFailed'> {
  return {
    async listFailed(id, { cursor, limit }) {
      const members = (await keyspace.home('list-failed', id, cursor ?? '', limit + 1)) as string[];
      return toPage(
        members.map((member) => ({ id: member })),
        limit,
        (row) => parseFailed(row.id),
      );
    },
    async retryFailed(id, nowMs, entry) {
      let retried = 0;
      // With the first of them: it is one change, however many scripts it takes.
      const args = (round: number) =>
        [id, nowMs, retriedAtOnce, keyspace.toAuditArgument(round === 0 ? entry : undefined)] as const;
      for (let round = 0; round < maxRounds; round++) {
        const made = (await keyspace.durable.home('retry-failed', ...args(round))) as number | null;
        if (made === null) return round === 0 ? undefined : retried;
        retried += made;
        if (made < retriedAtOnce) break;
      }
      return retried;
    },
  };
}

/** From `<floor>|<channelArn>|<viewerId> <reason>`. */
function parseFailed(member: string): FailedDelivery | undefined {
  const [, channelArn, viewerId, reason] = /^\d+\|([^|]+)\|(\S+) (.*)$/s.exec(member) ?? [];
  if (reason === undefined) return undefined;
  return { channelArn: channelArn as ChannelArn, viewerId: viewerId as ViewerId, reason };
}
