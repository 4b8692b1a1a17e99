/** The history of administrative changes: what was asked for, what the audit tells of it, and what stands when the dust has settled. */
import type { Json } from '../black-box/answer.ts';

/** How many entries. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** A request for a change, under an id that no other request has. */
export interface AskedChange {
  readonly requestId: string;
  /** What its entries are called; `keys` stands for whatever is done with keys. */
  readonly action: string;
  /** What its entries are about; absent where only an answer would have said that. */
  readonly target?: string;
  /** `unknown` when nobody said that it was done, or that it was not. */
  readonly outcome: 'done' | 'refused' | 'unknown';
  /** How many entries it has when it is done. */
  readonly entries: Bounds;
}

/** An entry of the audit as it is exported. */
export interface AuditLine {
  readonly id: string;
  readonly at: string;
  readonly actor: string;
  readonly from: string | null;
  readonly requestId: string | null;
  readonly action: string;
  readonly target: string;
  readonly about: readonly string[];
  readonly before: Json;
  readonly after: Json;
  readonly result: string;
}

/** A block that holds; `viewerId` is null for everyone on a channel. */
interface StandingBlock {
  readonly id: string;
  readonly viewerId: string | null;
}

/** What is there in the end, as it is answered. */
export interface Standing {
  /** Channels, policies and clients, by their kind and id: `policy p-1`. */
  readonly records: ReadonlyMap<string, Json>;
  /** By id. */
  readonly revocations: ReadonlyMap<string, Json>;
  readonly blocks: readonly StandingBlock[];
  /** The key pairs of each place. */
  readonly keyPairs: ReadonlyMap<string, readonly Json[]>;
}

/** Everything of a run. */
export interface AuditHistory {
  readonly asked: readonly AskedChange[];
  /** The oldest first. */
  readonly entries: readonly AuditLine[];
  /** How many of them were there before anything of `asked`. */
  readonly earlier: number;
  readonly standing: Standing;
  /** Secrets that stand in the audit or a log, each with where. */
  readonly leaks: readonly string[];
}
