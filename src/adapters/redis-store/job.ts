/** A job as a claim is given it: which revocation is walked, from where; and what a step of its walk finds. */
import type { ChannelArn, RevocationId, ViewerId } from '../../ids.ts';

/** Most members of sets or lists that a step looks at, and most deliveries that it finds. */
export const maxStepMembers = 200;

/** A revocation of a channel or a list that is being walked. */
export interface Job {
  readonly id: RevocationId;
  /** Undefined for a list everywhere. */
  readonly channelArn: ChannelArn | undefined;
  /** Whether it walks the channel's ledger, or else a list of viewers. */
  readonly ofWholeChannel: boolean;
  readonly floor: number;
  /** Where the walk stands, as its own walk writes it. */
  readonly cursor: string;
  /** Under which budget it waits in line. */
  readonly lineBudget: string;
}

/** A job of a channel. */
export type LedgerJob = Job & { readonly channelArn: ChannelArn };

/** Whom IVS has to be told of, and up to which version. */
export interface Found {
  readonly channelArn: ChannelArn;
  readonly viewerId: ViewerId;
  readonly floor: number;
}

/** How far a step went. Nothing is changed by it for good before its cursor is stored. */
export interface Step {
  readonly cursor: string;
  /** Nothing is left to walk. */
  readonly done: boolean;
  /** Viewers looked at. */
  readonly walked: number;
  readonly found: readonly Found[];
}

/** The job in an answer of `claim-deliveries` or `advance-job`; undefined when there is none. */
export function parseJob(answer: unknown): Job | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [id, scope, channelArn, floor, cursor, lineBudget] = answer.map(String);
  return {
    id: id as RevocationId,
    channelArn: channelArn === '' ? undefined : (channelArn as ChannelArn),
    ofWholeChannel: scope === 'channel',
    floor: Number(floor),
    cursor: String(cursor),
    lineBudget: String(lineBudget),
  };
}

/** Whether the job walks the ledger of its channel. */
export function isLedgerJob(job: Job): job is LedgerJob {
  return job.ofWholeChannel && job.channelArn !== undefined;
}
