/** What the demo sets where the environment does not: whose JWTs the service believes, and which header names the country. */
import type { Config } from '../config.ts';
import { demoPath, jwksPath } from './demo-path.ts';
import { audience, issuer, signingAlgorithm } from './identity-provider.ts';

/** The header in which the page says the viewer's country, as a trusted proxy would. */
const demoCountryHeader = 'x-demo-country';

/** The settings with the gaps filled. `jwksUrl` can be read only once the service listens. */
export function toDemoConfig(settings: Config, serviceUrl: () => string): Config {
  const { countryHeader = demoCountryHeader, viewerJwt = toViewerJwtConfig(serviceUrl) } = settings;
  return { ...settings, countryHeader, viewerJwt };
}

function toViewerJwtConfig(serviceUrl: () => string): NonNullable<Config['viewerJwt']> {
  return {
    issuer,
    audience,
    algorithms: [signingAlgorithm],
    clockToleranceSeconds: 5,
    viewerIdClaim: 'sub',
    channelsClaim: 'channels',
    timeoutMs: 2000,
    get jwksUrl() {
      return `${serviceUrl()}${demoPath}${jwksPath}`;
    },
  };
}
