/** The one place that holds what the local IVS remembers, and keeps the data file in step with it. */

import { type ResourceKind, type Scope, toArnPrefix, toPrefixOf } from '../arn.ts';
import { type Data, emptyData } from './data.ts';
import { loadData, saveData } from './data-file.ts';
import { lockDataFile } from './lock-file.ts';
import type { Resource, StreamSession } from './records.ts';

type ResourceOf<K extends ResourceKind> = Extract<Resource, { readonly kind: K }>;

export interface State {
  /** Everything, as it is now. */
  data(): Data;
  /**
   * Changes the state. The data file is written first, so a change that cannot be kept throws and is not made,
   * and one that is answered survives a restart.
   */
  change(toNext: (data: Data) => Data): void;
  find<K extends ResourceKind>(kind: K, arn: string): ResourceOf<K> | undefined;
  /** The resources of one kind that an account has in a region, in the order they were made. */
  list<K extends ResourceKind>(kind: K, scope: Scope): readonly ResourceOf<K>[];
  /** The broadcast that is on now; undefined when the channel is offline. */
  liveSession(channelArn: string): StreamSession | undefined;
  /** Lets go of the data file, for another process to take it; no change may follow. */
  close(): void;
}

/**
 * The state, read from the data file when there is one to read, else empty.
 * Throws an Error when the file is there but cannot be understood, or another process has it.
 */
export function loadState(dataFile?: string): State {
  const { data: loaded, unlock } = dataFile === undefined ? inMemory : loadLocked(dataFile);
  let data = loaded;
  return {
    data: () => data,
    change: (toNext) => {
      const next = toNext(data);
      if (dataFile !== undefined) saveData(dataFile, next);
      data = next;
    },
    find: (kind, arn) => {
      const resource = data.resources.get(toPrefixOf(arn))?.get(arn);
      return resource && isOfKind(kind)(resource) ? resource : undefined;
    },
    list: (kind, scope) => [...(data.resources.get(toArnPrefix(kind, scope))?.values() ?? [])].filter(isOfKind(kind)),
    liveSession: (channelArn) => {
      const sessions = data.streamSessions.get(channelArn)?.values() ?? [];
      return [...sessions].find((session) => session.endedAtMs === undefined);
    },
    close: unlock,
  };
}

const inMemory = { data: emptyData, unlock: () => undefined };

/** Locked before it is read, so that nobody changes it in between. */
function loadLocked(dataFile: string): { readonly data: Data; readonly unlock: () => void } {
  const unlock = lockDataFile(dataFile);
  try {
    return { data: loadData(dataFile), unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

const isOfKind =
  <K extends ResourceKind>(kind: K) =>
  (resource: Resource): resource is ResourceOf<K> =>
    resource.kind === kind;
