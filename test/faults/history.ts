/** The history of a run: everything that was asked, when, and what was answered; and what was found when the dust had settled. */

/** Whom a decision is about: these viewers or everyone, on this channel or everywhere. */
export interface Target {
  /** Null: everyone on the channel. */
  readonly viewerIds: readonly string[] | null;
  /** Null: everywhere. */
  readonly channelArn: string | null;
}

/** Records that are made and deleted; their name is their resource and id, such as `policies/p-1`. */
export type RecordName = `${'channels' | 'policies' | 'clients'}/${string}`;

/** What a request asked for. */
export type Asked =
  | { readonly kind: 'token'; readonly viewerId: string; readonly channelArn: string }
  /** `key` is the same in each repetition of one decision. */
  | { readonly kind: 'revoke'; readonly target: Target; readonly block: boolean; readonly key: string }
  | { readonly kind: 'lift'; readonly revocationId: string }
  | { readonly kind: 'lift_viewer'; readonly viewerId: string }
  | { readonly kind: 'look_at_revocation'; readonly revocationId: string }
  | { readonly kind: 'put' | 'delete' | 'look_at_record'; readonly record: RecordName }
  | { readonly kind: 'other' };

/** What of an answer's body is needed later; each is absent where it does not apply. */
export interface Facts {
  /** The problem's code. */
  readonly code?: string;
  readonly sessionVersion?: number;
  readonly revocationId?: string;
  readonly floor?: number;
}

/** One request. Times are milliseconds of the runner's one monotonic clock. */
export interface Exchange {
  /** Method and path as the OpenAPI document writes them, such as `DELETE /v1/admin/revocations/{id}`. */
  readonly operation: string;
  /** Which instance was asked. */
  readonly instance: number;
  readonly beganMs: number;
  readonly endedMs: number;
  /** Null when no answer came: `error` says why. */
  readonly status: number | null;
  readonly error?: string;
  readonly asked: Asked;
  readonly facts: Facts;
}

/** When an instance was not there: from just before it was killed until it listened again. */
export interface Absence {
  readonly instance: number;
  readonly beganMs: number;
  /** Infinity while it lasts. */
  readonly endedMs: number;
}

/** A revocation as it reads in the end; null when it is not found. */
export interface SeenRevocation {
  readonly pending: number;
  readonly failed: number;
  /** Whether there is nothing left to walk. */
  readonly done: boolean;
  readonly blocked: boolean;
}

/** What was found when the dust had settled. */
export interface Aftermath {
  /** By id. */
  readonly revocations: ReadonlyMap<string, SeenRevocation | null>;
  /** Whether each record that ought to be known was there. */
  readonly records: ReadonlyMap<RecordName, boolean>;
  /** The highest session version that IVS was told to end, by `<channelArn> <viewerId>`. */
  readonly told: ReadonlyMap<string, number>;
  /** Channels that IVS refuses for good: what is to be told of them fails. */
  readonly refusedChannels: ReadonlySet<string>;
  /** The last request for a token of each viewer on each channel, made when nothing was going on any more. */
  readonly probes: readonly Exchange[];
  /** Secrets that stand in a log, each with where. */
  readonly leaks: readonly string[];
}

/** A time in which a store that replicates asynchronously may have lost what nobody waits for: sessions in the ledger, and records. */
export interface LossWindow {
  readonly beganMs: number;
  readonly endedMs: number;
}

/** Everything of a run. */
export interface History {
  readonly exchanges: readonly Exchange[];
  readonly absences: readonly Absence[];
  /** The statuses that are documented, by operation. */
  readonly documented: ReadonlyMap<string, ReadonlySet<number>>;
  readonly aftermath: Aftermath;
  readonly lossWindows: readonly LossWindow[];
}

/** A promise that was broken, with what shows it. */
export interface Violation {
  readonly rule: string;
  readonly message: string;
}

/** Whether a request was on its way in one of these times. */
export function isWithin(
  windows: readonly LossWindow[],
  { beganMs, endedMs }: Pick<Exchange, 'beganMs' | 'endedMs'>,
): boolean {
  return windows.some((window) => window.beganMs <= endedMs && beganMs <= window.endedMs);
}

/** The key of `Aftermath.told`. */
export function toToldKey(channelArn: string, viewerId: string): string {
  return `${channelArn} ${viewerId}`;
}
