/** Which country the playback edge takes a viewer to be in. */
import type { LiveSettings } from './control/live-settings.ts';
import { isCountry } from './country.ts';
import { toHeaderCountry, type ViewerCountry } from './edge/edge-options.ts';

/**
 * What the request says, else what is set for its address, else what is set for everybody, else unknown. A request that says
 * what is no country's code comes from an unknown one.
 */
export function createViewerCountry(
  settings: () => LiveSettings,
  fromRequest: ViewerCountry = toHeaderCountry,
): ViewerCountry {
  return (request, remoteAddress) => {
    const said = fromRequest(request, remoteAddress);
    if (said !== undefined) return isCountry(said.toUpperCase()) ? said : undefined;
    const { viewerCountries, viewerCountry } = settings();
    const byAddress = remoteAddress === undefined ? undefined : viewerCountries[remoteAddress];
    return byAddress ?? viewerCountry ?? undefined;
  };
}
