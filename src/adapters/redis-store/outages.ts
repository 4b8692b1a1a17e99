/** When Redis is away: said once, and once more when it is back, however many connections saw it; of a Cluster for each server. */
import type { Log } from '../../system.ts';

/** Told by the clients of one connection what they see; a server is named by its address where there are several. */
export interface OutageNotes {
  noteAway(reason: string, node?: string): void;
  noteReady(node?: string): void;
}

/** Answers what each connection tells of the same Redis. */
export function createOutages(log: Log): () => OutageNotes {
  const lostConnections = new Map<string, number>();
  /** How many connections to a server are lost now. */
  function count(node: string, change: number): number {
    const lost = (lostConnections.get(node) ?? 0) + change;
    lostConnections.set(node, lost);
    return lost;
  }
  return function watchConnection() {
    const away = new Set<string>();
    return {
      noteAway(reason, node = '') {
        if (away.has(node)) return;
        away.add(node);
        if (count(node, 1) === 1) log.error('redis_unavailable', { reason, ...toFields(node) });
      },
      noteReady(node = '') {
        if (away.delete(node) && count(node, -1) === 0) log.info('redis_available', toFields(node));
      },
    };
  };
}

function toFields(node: string): { readonly node?: string } | undefined {
  return node === '' ? undefined : { node };
}
