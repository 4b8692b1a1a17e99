/** What a production begins with, beside its settings: channels, a key pair for each of their regions, an admin client. Asks before each. */
import { type ListedChannel, listIvsChannels } from '../../adapters/ivs/list-channels.ts';
import { createJsonLog } from '../../adapters/json-log.ts';
import { toServiceAuthor } from '../../audit/record.ts';
import { createToKeyPlace } from '../../aws-accounts.ts';
import type { Config } from '../../config.ts';
import type { Result } from '../../errors.ts';
import { type KeyPlace, regionSchema } from '../../ids.ts';
import { createNodePorts } from '../../runtimes/node/ports.ts';
import { createServices, type Services } from '../../services.ts';
import { UnwellError } from '../unwell-error.ts';
import { UsageError } from '../usage-error.ts';
import type { Questions } from './questions.ts';

/** What was said beforehand. */
export interface BeginOptions {
  /** Where the channels are. */
  readonly regions: readonly string[];
  /** ARNs, ids or names of channels to register; undefined: they are chosen from. */
  readonly channels: readonly string[] | undefined;
  /** Makes channels that are public private. */
  readonly authorize: boolean;
  /** How the admin client is called. */
  readonly clientName: string;
}

/** Says what was done, and keeps the key of the client. */
export interface BeginOutput {
  line(text: string): void;
  keepKey(key: string): void;
}

const by = toServiceAuthor('init');

/** Does it, with the service's own settings. Rejects with an OutageError, an UnwellError or a UsageError. */
export async function begin(
  config: Config,
  options: BeginOptions,
  { questions, output }: { readonly questions: Questions; readonly output: BeginOutput },
): Promise<void> {
  const ports = createNodePorts(
    config,
    createJsonLog('silent', () => undefined),
  );
  try {
    const services = createServices(ports, config);
    await ports.store.health.ping();
    const chosen = await chooseChannels(config, options, questions);
    const toPlace = createToKeyPlace(config.aws);
    for (const place of new Set(chosen.map(({ channelArn }) => toPlace(channelArn))))
      await makeKeyPair(services, place, { questions, output });
    for (const channel of chosen) await register(services, channel, { options, questions, output });
    await makeClient(services, options.clientName, { questions, output });
  } finally {
    await ports.store.close();
  }
}

async function chooseChannels(
  { aws }: Config,
  { regions, channels: named }: BeginOptions,
  { pick }: Questions,
): Promise<readonly ListedChannel[]> {
  const places = regions.map((region) => {
    const place = regionSchema.safeParse(region).data;
    if (place === undefined) throw new UsageError(`${region} is no region of AWS`);
    return place;
  });
  const listed = (await Promise.all(places.map((place) => listIvsChannels(aws, place)))).flat();
  if (named !== undefined) return named.map((name) => findChannel(listed, name));
  const choices = listed.map((channel) => ({
    name: `${channel.name || 'no name'}  ${channel.channelArn}${channel.authorized ? '' : '  (public)'}`,
    value: channel,
  }));
  return choices.length === 0 ? [] : pick('Which channels shall be watched with tokens from here?', choices);
}

function findChannel(listed: readonly ListedChannel[], name: string): ListedChannel {
  const isMeant = (channel: ListedChannel) => [channel.channelArn, channel.name].some((each) => each === name);
  const found = listed.filter((channel) => isMeant(channel) || channel.channelArn.endsWith(`/${name}`));
  const [first, second] = found;
  if (first === undefined) throw new UsageError(`IVS has no channel ${name} in these regions`);
  if (second !== undefined)
    throw new UsageError(
      `${name} is the name of several channels: ${found.map(({ channelArn }) => channelArn).join(', ')}`,
    );
  return first;
}

interface Dialog {
  readonly questions: Questions;
  readonly output: BeginOutput;
}

async function makeKeyPair({ keyPairs }: Services, place: KeyPlace, { questions, output }: Dialog): Promise<void> {
  const known = (await keyPairs.list()).find((keys) => keys.place === place);
  if (known?.keyPairs.some(({ state }) => state === 'active'))
    return output.line(`${place} has a key pair that signs.`);
  if (
    !(await questions.confirm(`Make a key pair in ${place}, and import its public half into IVS (which takes three)?`))
  )
    return;
  const { id } = assert(await keyPairs.create(by, { place }));
  output.line(`${id} signs in ${place}.`);
}

async function register(
  { channels }: Services,
  { channelArn, name, authorized }: ListedChannel,
  { options, questions, output }: Dialog & { readonly options: BeginOptions },
): Promise<void> {
  const ask = `${name || channelArn} is public. Make it private? Whoever plays it without a token is out`;
  const authorize = !authorized && (options.authorize || (await questions.confirm(ask, false)));
  if (!authorized && !authorize) return output.line(`${name || channelArn} is left as it is.`);
  assert(await channels.put(by, channelArn, authorize ? { authorize } : {}));
  output.line(`${name || channelArn} is registered${authorize ? ', and private now' : ''}.`);
}

async function makeClient({ clients }: Services, name: string, { questions, output }: Dialog): Promise<void> {
  const { items } = await clients.list({ limit: 100 });
  if (items.some((client) => client.name === name)) return output.line(`There is a client ${name} already.`);
  if (!(await questions.confirm(`Make an admin client ${name}, and keep its key in a profile of yours?`))) return;
  const { client, key } = await clients.create(by, { name, role: 'admin', channels: ['*'] });
  output.keepKey(key);
  output.line(`${client.id} is an admin: ${name}.`);
}

function assert<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new UnwellError(`Refused: ${result.code}${result.detail === undefined ? '' : `, ${result.detail}`}`);
}
