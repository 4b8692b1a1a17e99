/** The one place that holds what the local IVS remembers, and keeps the data file in step with it. */
import { type ResourceKind, type Scope, toArnPrefix, toPrefixOf } from '../arn.ts';
import { type Data, emptyData } from './data.ts';
import { type DataFile, loadDataFile } from './data-file.ts';
import type { Resource, StreamSession } from './records.ts';

type ResourceOf<K extends ResourceKind> = Extract<Resource, { readonly kind: K }>;

/** What the local IVS remembers, for those who ask and those who change it. */
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
  /** Lets go of the data file, for another to take it; no change may follow. */
  close(): void;
}

/**
 * The state, read from the data file when there is one to read, else empty.
 * Throws an Error when the file is there but cannot be understood, or is in use.
 */
export function loadState(dataFile?: string): State {
  const file = dataFile === undefined ? inMemory : loadDataFile(dataFile);
  let { data } = file;
  return {
    data: () => data,
    change: (toNext) => {
      const next = toNext(data);
      file.write(data, next);
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
    close: file.close,
  };
}

const inMemory: DataFile = { data: emptyData, write: () => undefined, close: () => undefined };

function isOfKind<K extends ResourceKind>(kind: K) {
  return (resource: Resource): resource is ResourceOf<K> => resource.kind === kind;
}
