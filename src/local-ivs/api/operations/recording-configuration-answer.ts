/** A recording configuration as the API answers it. */
import type { RecordingConfiguration } from '../../state/records.ts';
import type { Call } from '../call.ts';

/** What is stored, and its state: CREATING at first, then ACTIVE. Nothing makes one fail. */
export function toRecordingConfiguration(call: Call, record: RecordingConfiguration) {
  return {
    ...record,
    state: record.activeFromMs > call.nowMs ? ('CREATING' as const) : ('ACTIVE' as const),
  };
}
