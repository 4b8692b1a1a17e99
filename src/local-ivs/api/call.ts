/** What an operation knows about the call it answers, besides its input. */
import type { Scope } from '../arn.ts';
import type { State } from '../state/state.ts';
import type { BatchErrorCode, PropagationSettings } from './api-settings.ts';
import type { Input, OperationName, Output } from './model-types.ts';
import type { Quotas } from './quotas.ts';

/** One authenticated call. Its account and region come from the credential scope of the signature. */
export interface Call extends Scope {
  /** Unix milliseconds by the clock of the local IVS. */
  readonly nowMs: number;
  readonly state: State;
  readonly propagation: PropagationSettings;
  readonly batchErrorCodes: BatchErrorCode;
  readonly quotas: Quotas;
  /** Where playback URLs begin, without a slash at the end. */
  readonly publicUrl: string;
  /** How many playback sessions a channel has now. */
  viewerCount(channelArn: string): number;
}

/** What an operation does: from an input that fits the model to an answer that does, or an ApiError and no change. */
export type Behaviour<N extends OperationName> = (input: Input<N>, call: Call) => Output<N>;
