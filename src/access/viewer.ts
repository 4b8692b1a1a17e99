/** Who a token is for, and from where: settled before anything is decided. */
import { type CountryCode, type Origin, parseViewerId, type ViewerId } from '../ids.ts';
import type { Random } from '../system.ts';
import type { Caller } from './caller.ts';
import type { ViewerIdentity } from './viewer-identity.ts';

/** What is known of where a viewer is. */
export interface ViewerPlace {
  readonly country?: CountryCode | undefined;
  /** `opaque` when an origin was sent that is none (`null` of a sandboxed page); absent when none was sent (native players). */
  readonly origin?: Origin | 'opaque' | undefined;
}

/** Who will watch, and what is known of where. */
export interface Viewer {
  readonly viewerId: ViewerId;
  readonly place: ViewerPlace;
}

/** What a client says of the viewer. */
interface DeclaredViewer {
  readonly viewerId?: ViewerId | undefined;
  readonly viewer?: ViewerPlace | undefined;
}

/**
 * Who the request is for. A viewer is who its credential says, where this service `observed` it. A client says both, and never
 * where it is itself; when it names nobody the viewer gets a random id, so that the token can be revoked.
 */
export type IdentifyViewer = (caller: Caller, declared: DeclaredViewer, observed: ViewerPlace) => Viewer;

interface ViewerPorts {
  readonly viewerIdentity: Pick<ViewerIdentity, 'toClientViewerId'>;
  readonly random: Pick<Random, 'uuid'>;
}

/** Binds the rule to its ports. */
export function createIdentifyViewer({ viewerIdentity, random }: ViewerPorts): IdentifyViewer {
  return function identifyViewer(caller, declared, observed) {
    if (caller.kind === 'viewer') return { viewerId: caller.viewerId, place: observed };
    const viewerId = declared.viewerId ?? createAnonymousViewerId(random);
    return { viewerId: viewerIdentity.toClientViewerId(viewerId), place: declared.viewer ?? {} };
  };
}

function createAnonymousViewerId(random: Pick<Random, 'uuid'>): ViewerId {
  const viewerId = parseViewerId(`a-${random.uuid()}`);
  if (viewerId === undefined) throw new TypeError('Random.uuid must give a UUID');
  return viewerId;
}
