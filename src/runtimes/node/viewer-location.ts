/** Where a viewer is, as a trusted proxy before the service says it. */
import type { Config } from '../../config.ts';
import type { ViewerLocation } from '../../http/context.ts';
import { parseCountryCode } from '../../ids.ts';

/** Reads the country from the header that the settings name; without one every viewer's country is unknown. */
export function createViewerLocation({ countryHeader }: Pick<Config, 'countryHeader'>): ViewerLocation {
  if (countryHeader === undefined) return () => undefined;
  return (context) => parseCountryCode(context.req.header(countryHeader) ?? '');
}
