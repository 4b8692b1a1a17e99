/** Use cases of whoever supports viewers: see what is known of one, and lift all that blocks them. */
import type { ViewerIdentity } from '../access/viewer-identity.ts';
import type { Author } from '../audit/record.ts';
import { type Result, succeed } from '../errors.ts';
import type { ViewerId } from '../ids.ts';
import type { Clock } from '../system.ts';
import type { ViewerState, ViewerStore } from './ports.ts';

interface ViewerPorts {
  readonly viewers: ViewerStore;
  readonly viewerIdentity: Pick<ViewerIdentity, 'toRevocable'>;
  readonly clock: Clock;
}

/** What is known of a viewer, under the id that tokens carry. */
export interface KnownViewer extends ViewerState {
  readonly viewerId: ViewerId;
}

/**
 * What an admin can do with viewers. `name` is a viewer id, or the identity provider's own name for the viewer; one that
 * can be neither is refused. Each rejects with `store_unavailable` when the store does not answer.
 */
export interface ViewerUseCases {
  /** Nothing but the viewer id for one whom nobody has seen. */
  get(name: string): Promise<Result<KnownViewer>>;
  /** Takes away every block of this viewer, on channels and everywhere, those of lists too; `lifted` is how many there were. */
  liftBlocks(by: Author, name: string): Promise<Result<{ readonly viewerId: ViewerId; readonly lifted: number }>>;
}

/** Binds the use cases to their ports. */
export function createViewers({ viewers, viewerIdentity, clock }: ViewerPorts): ViewerUseCases {
  const nowSeconds = () => Math.floor(clock.nowMs() / 1000);
  return {
    async get(name) {
      const viewerId = viewerIdentity.toRevocable(name);
      if (!viewerId.ok) return viewerId;
      return succeed({ viewerId: viewerId.value, ...(await viewers.get(viewerId.value, nowSeconds())) });
    },
    async liftBlocks(by, name) {
      const named = viewerIdentity.toRevocable(name);
      if (!named.ok) return named;
      const viewerId = named.value;
      return succeed({ viewerId, lifted: await viewers.liftBlocks(viewerId, nowSeconds(), by) });
    },
  };
}
