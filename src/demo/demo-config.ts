/** What the demo sets where the environment does not: whose JWTs the service believes, and which header names the country. */
import type { Config } from '../config.ts';
import { demoPath, jwksPath } from './demo-path.ts';
import { audience, issuer, signingAlgorithm } from './identity-provider.ts';
import { isLoopbackHost } from './loopback.ts';

/** The header in which the page says the viewer's country, as a trusted proxy would. */
const demoCountryHeader = 'x-demo-country';

/** The settings with the gaps filled; as they are where the demo has no page. `serviceUrl` has no slash at its end. */
export function toDemoConfig(settings: Config, serviceUrl: string): Config {
  if (!isLoopbackHost(settings.host)) return settings;
  const { countryHeader = demoCountryHeader, viewerJwt = toViewerJwtConfig(serviceUrl) } = settings;
  return { ...settings, countryHeader, viewerJwt };
}

function toViewerJwtConfig(serviceUrl: string): NonNullable<Config['viewerJwt']> {
  return {
    issuer,
    audience,
    algorithms: [signingAlgorithm],
    clockToleranceSeconds: 5,
    viewerIdClaim: 'sub',
    channelsClaim: 'channels',
    jwksUrl: `${serviceUrl}${demoPath}${jwksPath}`,
    timeoutMs: 2000,
    staleHours: 6,
  };
}
