/** What every command that asks the service stands on: the client, how it answers, and the channels by their names. */
import type { Command } from 'commander';
import { type ApiClient, ApiError, createApiClient, toData } from '../api-client/api-client.ts';
import type { Channel } from '../api-client/openapi.ts';
import { toCurl } from './curl.ts';
import { createOutput, type Output } from './output.ts';
import { findTarget, type Surroundings } from './target.ts';
import { UsageError } from './usage-error.ts';

/** What the process gives to its commands. */
export interface Io extends Surroundings {
  write(text: string): void;
  /** Whether a person reads that. */
  readonly isTerminal: boolean;
  /** All of stdin. */
  readInput(): Promise<string>;
  nowMs(): number;
  /** Where a person is asked. Default: the process's terminal. */
  readonly prompts?: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream };
}

/** One run of a command. */
export interface Context {
  /** With `--curl` it prints a request in place of sending it, and ends the command. */
  readonly api: ApiClient;
  /** Sends always: for what has to be looked up first. */
  readonly lookUp: ApiClient;
  readonly url: string;
  /** Whether requests are printed: no secret may stand in their bodies then. */
  readonly isPrinting: boolean;
  readonly output: Output;
  /** The answer as JSON with `--json`, a document or one line of several, else as `tell` tells it. */
  answer<Data>(data: Data, tell: (data: Data) => void, form?: 'document' | 'line'): void;
  /** The ARN of a channel that is called so: by its ARN, its id or its name. */
  findChannel(name: string): Promise<string>;
}

/** A request was printed, as asked for. */
export class Printed extends Error {
  override readonly name = 'Printed';
}

/** Options of every command. */
interface GlobalOptions {
  /** Default: the one of the environment, or of the laptop run here. */
  readonly profile?: string;
  /** Default: tables. */
  readonly json?: boolean;
  /** Default: the request is sent. */
  readonly curl?: boolean;
}

/** Creates it for a command, whose options may stand before and after its name. */
export function createContext(io: Io, command: Command): Context {
  const { profile, json = false, curl = false }: GlobalOptions = command.optsWithGlobals();
  const { url, apiKey } = findTarget(io, profile);
  const hasColour = io.isTerminal && !io.env.NO_COLOR;
  const output = createOutput(io.write, hasColour);
  const lookUp = createApiClient({ url, credential: apiKey });
  const print = async (request: Request): Promise<never> => {
    output.line(await toCurl(request));
    throw new Printed();
  };
  return {
    url,
    isPrinting: curl,
    output,
    lookUp,
    api: curl ? createApiClient({ url, credential: apiKey, fetch: print }) : lookUp,
    answer(data, tell, form = 'document') {
      if (!json) tell(data);
      else if (form === 'document') output.json(data);
      else output.line(JSON.stringify(data));
    },
    findChannel: (name) => findChannel(lookUp, name),
  };
}

async function findChannel(api: ApiClient, name: string): Promise<string> {
  if (name.startsWith('arn:')) return name;
  const channels = await listAll((cursor) =>
    toData(api.GET('/v1/admin/channels', { params: { query: { ...cursor, limit: 100 } } })),
  );
  const found = channels.filter((channel) => channel.name === name || toId(channel.channelArn) === name);
  const [one, ...others] = found;
  if (one !== undefined && others.length === 0) return one.channelArn;
  const list = (each: readonly Channel[]) =>
    each.map((channel) => `${channel.name} (${toId(channel.channelArn)})`).join(', ');
  if (one !== undefined) throw new UsageError(`${name} is the name of several channels; give an id: ${list(found)}`);
  throw new UsageError(
    channels.length === 0
      ? `No channel is registered yet: playgate channels set <arn>`
      : `No channel is called ${name}. There are: ${list(channels.slice(0, 10))}`,
  );
}

/** What is asked for; undefined where there is none, and nowhere else: whoever is refused, or not answered, knows nothing. */
export async function findOrNone<Data>(asked: Promise<Data>): Promise<Data | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** The last part of an ARN. */
export function toId(arn: string | null): string {
  return arn === null ? 'everywhere' : arn.replace(/^.*\//, '');
}

/** Every item of a list, page by page; `load` is given what makes the next one. */
export async function listAll<Item>(
  load: (cursor: {
    readonly cursor?: string;
  }) => Promise<{ readonly items: Item[]; readonly nextCursor: string | null }>,
): Promise<Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await load(cursor === '' ? {} : { cursor });
    items.push(...page.items);
    cursor = page.nextCursor;
  }
  return items;
}
