/** Traces in a long-lived process: what makes them is loaded only where spans have somewhere to go. */
import type { Tracing } from '../../adapters/opentelemetry/tracing.ts';
import type { Config } from '../../config.ts';
import type { Log } from '../../system.ts';
import { version } from '../../version.ts';

/** For the spans that wait at the end of the process, in milliseconds. */
export const lastSpansMs = 1000;

/** Starts to trace; undefined where no collector is set. */
export async function startTracing({ tracing }: Pick<Config, 'tracing'>, log: Log): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const { createTracing } = await import('../../adapters/opentelemetry/tracing.ts');
  return createTracing(tracing, { log, version });
}
