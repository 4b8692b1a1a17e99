/** Deliveries in Redis: claimed budget by budget, from what is queued and from what jobs find; settled one by one. */
import type { ChannelArn, Region, RevocationId, ViewerId } from '../../ids.ts';
import type { Delivery, DeliveryBatch, DeliveryOutcome } from '../../revocations/delivery.ts';
import type { DeliveryClaim, DeliveryStore } from '../../revocations/ports.ts';
import { parseJob } from './job.ts';
import { type Effort, fullEffort, hasEffort, walkJobs } from './jobs.ts';
import type { Keyspace } from './keyspace.ts';

/** Settled by one script. */
const settledAtOnce = 100;

/** What was claimed of a budget, and the pace that was set for it; '' where none was, or no budget was served. */
interface BudgetClaim {
  readonly budget: string;
  readonly pace: string;
  /** Member of the queue and time of the decision of each, in turns. */
  readonly claimed: readonly string[];
}

/** Binds the deliveries to their keys. */
export function createDeliveryStore(keyspace: Keyspace): DeliveryStore {
  return {
    async claim(claim) {
      const effort: Effort = { ...fullEffort, failures: [] };
      const inVain: BudgetClaim[] = [];
      let batch: DeliveryBatch | undefined;
      // While it looks for others, the pace of a budget for which nothing was found keeps it from being tried again.
      while (batch === undefined && hasEffort(effort)) {
        const answer = await claimBudget(keyspace, claim, effort);
        if (answer === undefined) break;
        if (answer.claimed.length > 0) batch = toBatch(answer);
        else inVain.push(answer);
      }
      const paces = inVain.filter(({ pace }) => pace !== '');
      await Promise.all(paces.map(({ budget, pace }) => keyspace.home('release-pace', budget, pace)));
      if (batch !== undefined) return batch;
      if (effort.failures.length > 0) throw effort.failures[0];
      return effort.steps < fullEffort.steps ? 'walked' : undefined;
    },
    async settle(settled) {
      for (let index = 0; index < settled.length; index += settledAtOnce) {
        const some = settled.slice(index, index + settledAtOnce);
        await keyspace.home('settle-deliveries', ...some.flatMap(toArguments));
      }
    },
    async count() {
      const answer = await keyspace.home('count-deliveries');
      const [waiting, pending, failed, oldest] = answer as [number, number, number, string | null];
      return { waiting, pending, failed, oldestDecidedAt: oldest === null ? null : Number(oldest) };
    },
  };
}

/** What the next budget has, filled up from jobs. Undefined when none has anything, nor a job to walk. */
async function claimBudget(
  keyspace: Keyspace,
  { lane, nowMs, limit, paceMs, leaseMs }: DeliveryClaim,
  effort: Effort,
): Promise<BudgetClaim | undefined> {
  const answer = await keyspace.home('claim-deliveries', lane, nowMs, limit, paceMs, leaseMs);
  if (answer === null) return undefined;
  const [budget, pace, due, next] = answer as [string, string, string[], unknown];
  const job = parseJob(next);
  if (job === undefined) return { budget, pace, claimed: due };
  const room = { budget, limit: limit - due.length / 2, nowMs, leaseMs };
  return { budget, pace, claimed: [...due, ...(await walkJobs(keyspace, job, room, effort))] };
}

function toBatch({ budget, claimed }: BudgetClaim): DeliveryBatch {
  const deliveries: Delivery[] = [];
  for (let index = 0; index < claimed.length; index += 2)
    deliveries.push(toDelivery(String(claimed[index]), Number(claimed[index + 1])));
  return { region: budget.split(':')[0] as Region, deliveries };
}

/** From `<revocationId>|<floor>|<channelArn>|<viewerId>`. */
function toDelivery(member: string, createdAt: number): Delivery {
  const [, id, floor, channelArn, viewerId] = /^([^|]+)\|(\d+)\|([^|]+)\|(.+)$/.exec(member) ?? [];
  if (viewerId === undefined) throw new TypeError(`not a member of a queue: ${member}`);
  return {
    revocationId: id as RevocationId,
    channelArn: channelArn as ChannelArn,
    viewerId: viewerId as ViewerId,
    floor: Number(floor),
    createdAt,
  };
}

type Settled = Parameters<DeliveryStore['settle']>[0][number];

function toArguments({ delivery, outcome }: Settled): (string | number)[] {
  const { revocationId, floor, channelArn, viewerId } = delivery;
  return [revocationId, floor, channelArn, viewerId, outcome.kind, toDetail(delivery, outcome)];
}

/** The reason, or when the delivery is due: alone at once, those of the oldest decision first. */
function toDetail({ createdAt }: Delivery, outcome: DeliveryOutcome): string | number {
  if (outcome.kind === 'failed') return outcome.reason;
  if (outcome.kind === 'retry') return outcome.atMs;
  return createdAt * 1000;
}
