/** A log that keeps its lines for a test to look at. */
import type { Log } from '../../src/system.ts';

export interface RecordingLog extends Log {
  /** Each event with its fields, as JSON. */
  readonly lines: string[];
}

export function createRecordingLog(): RecordingLog {
  const lines: string[] = [];
  const write = (event: string, fields?: Readonly<Record<string, unknown>>) =>
    void lines.push(JSON.stringify({ event, ...fields }));
  return { lines, info: write, warn: write, error: write };
}
