/** Findings of reconciling as they appear on the wire. */
import { z } from 'zod';
import { splitKeyPlace } from '../../ids.ts';
import { type Finding, findingSchema } from '../../keys/drift.ts';

const arn = 'arn:aws:ivs:us-west-2:123456789012:playback-key/f99cde61-c2b0-4df3-8941-ca7d38acca1a';

/** One thing that store, vault and IVS say differently. */
export const findingDocument = {
  name: 'Finding',
  schema: findingSchema,
  example: {
    kind: 'unknown_in_ivs' as const,
    region: 'us-west-2',
    account: null,
    keyPairId: null,
    arn,
    channelArn: null,
    isRepairable: false,
    message: `${arn} (console-made) is in IVS and nobody here knows it; adopt it with its private key, or delete it in IVS`,
  },
};

/** All that was found; none where everything agrees. */
export const findingsDocument = {
  name: 'Findings',
  schema: z.object({ items: z.array(findingDocument.schema) }),
  example: { items: [findingDocument.example] },
  parts: [findingDocument],
};

/** The finding with its place in its parts. */
export function toWireFinding({ place, ...finding }: Finding): z.input<typeof findingSchema> {
  return { ...splitKeyPlace(place), ...finding };
}
