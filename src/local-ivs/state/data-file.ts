/** How the state is kept in one JSON file: read whole at start, written whole and atomically at each change. */

import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { prettifyError } from 'zod';
import { toPrefixOf } from '../arn.ts';
import { type Data, emptyData, recordsOf, type Table } from './data.ts';
import { type DataFile, dataFile } from './records.ts';

/**
 * Reads the data file; a file that does not exist is an empty state, and its folder is made.
 * Throws an Error that names the file and the problem when it cannot be read or is not what was written; the file stays as it is.
 */
export function loadData(path: string): Data {
  const text = readText(path);
  if (text === undefined) {
    mkdirSync(dirname(path), { recursive: true });
    return emptyData;
  }
  const parsed = dataFile.safeParse(parseJson(path, text));
  if (!parsed.success) {
    throw new Error(`${path} is not a data file of the local IVS:\n${prettifyError(parsed.error)}`);
  }
  return toData(parsed.data);
}

/** Writes the data file, readable by its owner only. The old content stays when the write fails. */
export function saveData(path: string, data: Data): void {
  writeFileAtomic.sync(path, JSON.stringify(toDataFile(data)), { mode: 0o600 });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`The data file of the local IVS cannot be read: ${path}`, { cause: error });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is not a data file of the local IVS: it is not JSON. Mend it, or move it away.`, {
      cause: error,
    });
  }
}

function toDataFile(data: Data): DataFile {
  return {
    format: 1,
    nextSequence: data.nextSequence,
    resources: [...recordsOf(data.resources)],
    streamSessions: [...recordsOf(data.streamSessions)],
    revocations: [...recordsOf(data.revocations)],
    deletedKeys: [...recordsOf(data.deletedKeys)],
    usedIds: [...recordsOf(data.usedIds)],
  };
}

function toData(file: DataFile): Data {
  return {
    nextSequence: file.nextSequence,
    resources: toTable(file.resources, ({ arn }) => [toPrefixOf(arn), arn]),
    streamSessions: toTable(file.streamSessions, ({ channelArn, streamId }) => [channelArn, streamId]),
    revocations: toTable(file.revocations, ({ channelArn, viewerId }) => [channelArn, viewerId]),
    deletedKeys: toTable(file.deletedKeys, ({ arn }) => [toPrefixOf(arn), arn]),
    usedIds: toTable(file.usedIds, ({ channelArn, uuid }) => [channelArn, uuid]),
  };
}

function toTable<R>(records: readonly R[], toKeys: (record: R) => readonly [group: string, key: string]): Table<R> {
  const table = new Map<string, Map<string, R>>();
  for (const record of records) {
    const [group, key] = toKeys(record);
    const members = table.get(group) ?? new Map<string, R>();
    table.set(group, members.set(key, record));
  }
  return table;
}
