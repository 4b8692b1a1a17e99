/** What statistics ask of the outside: where the minutes of all instances are added up. */
import type { MinuteCounts, Subject, SubjectCounts } from './record.ts';

/** Most counts of one batch. */
export const maxBatchCounts = 100;

/** What an instance has counted since the batch before. */
export interface StatsBatch {
  /** The instance: a random id of its own. */
  readonly source: string;
  /** Counts up with each batch of the source, from 1. */
  readonly sequence: number;
  /** At most `maxBatchCounts`. */
  readonly counts: readonly SubjectCounts[];
}

/** Which minutes to read. */
interface StatsQuery {
  readonly subject: Subject;
  readonly fromMinute: number;
  /** The first one that is not meant. At most 48 hours and some minutes after the first. */
  readonly toMinute: number;
}

/** The minutes of 48 hours. Each method rejects with `store_unavailable` when the store does not answer. */
export interface StatsStore {
  /**
   * Adds the batch to what is there, whole. One whose sequence is not above the last that was added of its source adds nothing: so one
   * whose answer was lost may be sent again. Channels that are not among the first `maxNamedChannels` of their hour are counted as `other`.
   */
  add(batch: StatsBatch): Promise<void>;
  /** In the order of the minutes; those in which nothing was counted are not among them. */
  read(query: StatsQuery): Promise<readonly MinuteCounts[]>;
}
