/** Which country the playback edge takes a viewer to be in. */
import type { LiveSettings } from './control/live-settings.ts';
import { toHeaderCountry, type ViewerCountry } from './edge/edge-options.ts';

/** What the request says, else what is set for its address, else what is set for everybody, else unknown. */
export function createViewerCountry(
  settings: () => LiveSettings,
  fromRequest: ViewerCountry = toHeaderCountry,
): ViewerCountry {
  return (request, remoteAddress) => {
    const { viewerCountries, viewerCountry } = settings();
    const byAddress = remoteAddress === undefined ? undefined : viewerCountries[remoteAddress];
    return fromRequest(request, remoteAddress) ?? byAddress ?? viewerCountry ?? undefined;
  };
}
