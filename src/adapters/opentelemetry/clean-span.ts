/** What goes out of a span that has ended: nothing that was not allowed, whoever set it. */
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { allowedAttributes } from './span-names.ts';

/** The span without attributes that are not in the list, without its events and the message of its status: exceptions are told there in their own words. */
export function cleanSpan(span: ReadableSpan): ReadableSpan {
  const attributes = Object.fromEntries(
    Object.entries(span.attributes).filter(([name]) => allowedAttributes.has(name)),
  );
  return Object.create(span, {
    attributes: { value: attributes },
    events: { value: [] },
    status: { value: { code: span.status.code } },
  });
}
