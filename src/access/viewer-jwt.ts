/** A viewer's own OIDC JWT: whether it holds, whom it names, and which channels it claims. */
import type { ViewerCaller } from './caller.ts';
import {
  createVerifyJwt,
  type JwtConfig,
  type JwtPorts,
  parseChannelsClaim,
  type RefusedJwt,
  refuseJwt,
} from './jwt.ts';
import type { ViewerIdentity } from './viewer-identity.ts';

/** What a viewer's JWT must be like to be believed, and which of its claims are read. */
export interface ViewerJwtConfig extends JwtConfig {
  /** The claim that names the viewer, default `sub`. */
  readonly viewerIdClaim: string;
  /** The claim that lists the channels: an array of ARNs, or `*`. Default `channels`. */
  readonly channelsClaim: string;
}

/** What checking a viewer's JWT asks of the outside. */
export interface ViewerJwtPorts extends JwtPorts {
  readonly identity: ViewerIdentity;
}

/** Whose JWT it is, or why it is nobody's. */
export type ViewerAuthentication = ViewerCaller | RefusedJwt;

/** Binds the check. It never rejects for a JWT that does not hold. */
export function createViewerAuthenticator(config: ViewerJwtConfig, ports: ViewerJwtPorts) {
  const verify = createVerifyJwt(config, ports);
  return async function authenticateViewer(jwt: string): Promise<ViewerAuthentication> {
    const claims = await verify(jwt);
    if (typeof claims === 'string') return refuseJwt(claims);
    const subject = claims[config.viewerIdClaim];
    const viewerId = typeof subject === 'string' && subject !== '' ? ports.identity.toViewerId(subject) : undefined;
    if (viewerId === undefined) return refuseJwt('no_viewer');
    return { kind: 'viewer', viewerId, channels: parseChannelsClaim(claims[config.channelsClaim]) };
  };
}
