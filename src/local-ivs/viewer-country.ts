/** Which country the playback edge takes a viewer to be in. */
import type { LiveSettings } from './control/live-settings.ts';
import type { EdgeOptions } from './edge/edge.ts';

type ViewerCountry = NonNullable<EdgeOptions['viewerCountry']>;

/** The header by which a request says its own country, for tests of one viewer among many. */
const fromHeader: ViewerCountry = (request) => request.headers.get('x-local-ivs-country') ?? undefined;

/** What the request says, else what is set for its address, else what is set for everybody, else unknown. */
export function createViewerCountry(
  settings: () => LiveSettings,
  fromRequest: ViewerCountry = fromHeader,
): ViewerCountry {
  return (request, remoteAddress) => {
    const { viewerCountries, viewerCountry } = settings();
    const byAddress = remoteAddress === undefined ? undefined : viewerCountries[remoteAddress];
    return fromRequest(request, remoteAddress) ?? byAddress ?? viewerCountry ?? undefined;
  };
}
