/** Which traces are recorded. The service is public: a stranger must neither force a recording nor prevent one. */
import { type Context, createContextKey, TraceFlags, trace } from '@opentelemetry/api';
import { type Sampler, SamplingDecision } from '@opentelemetry/sdk-trace';

/** Set in the context of a request whose sampled flag is followed: it comes from a trusted proxy. */
export const trustedParent = createContextKey('playgate: trusted parent');

/**
 * A span within the process follows its parent, and one that a trusted proxy continues the flag that this sent. All others are drawn by
 * lot, so that a trace id that a stranger made up decides nothing.
 */
export function createSampler(ratio: number): Sampler {
  function isSampled(context: Context): boolean {
    const parent = trace.getSpanContext(context);
    const isFollowed = parent !== undefined && (parent.isRemote !== true || context.getValue(trustedParent) === true);
    return isFollowed ? (parent.traceFlags & TraceFlags.SAMPLED) !== 0 : Math.random() < ratio;
  }
  return {
    shouldSample: (context) => ({
      decision: isSampled(context) ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
    }),
    toString: () => `PlaygateSampler{${ratio}}`,
  };
}
