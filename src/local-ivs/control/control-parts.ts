/** What the control endpoint is bound to. */
import type { Faults } from '../api/faults.ts';
import type { Quotas } from '../api/quotas.ts';
import type { Clock } from '../clock.ts';
import type { PlaybackSession } from '../edge/edge.ts';
import type { State } from '../state/state.ts';
import type { LiveSettingsHolder } from './live-settings.ts';

/** What the control endpoint sees and sets. */
export interface ControlParts {
  readonly state: State;
  readonly clock: Clock;
  readonly faults: Faults;
  readonly settings: LiveSettingsHolder;
  readonly quotas: Quotas;
  sessions(): readonly PlaybackSession[];
  onError(error: unknown): void;
}
