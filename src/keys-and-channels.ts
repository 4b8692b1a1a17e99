/** What keys ask of channels and revocations, which know nothing of keys: both rooms meet here. */
import { type ChannelControl, type ChannelStore, maxChannelsPerCall } from './channels/ports.ts';
import type { ChannelArn, KeyPlace } from './ids.ts';
import type { DriftedChannel, PlaceChannels, PlaceSessions } from './keys/ports.ts';
import type { RevocationUseCases } from './revocations/use-cases.ts';
import type { Clock } from './system.ts';

const pageSize = 200;

/** The channels of a place among all that are registered. */
async function* listOfPlace({ channels, toPlace }: ChannelPlaces, place: KeyPlace): AsyncGenerator<ChannelArn> {
  for await (const channelArn of listAll(channels)) if (toPlace(channelArn) === place) yield channelArn;
}

async function* listAll(channels: Pick<ChannelStore, 'list'>): AsyncGenerator<ChannelArn> {
  let cursor: string | undefined;
  do {
    const page = await channels.list({ cursor, limit: pageSize });
    for (const { channelArn } of page.items) yield channelArn;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** How long a count of all channels is believed: readiness asks for it about once a second. */
const countsFreshForMs = 5000;

/** The registered channels, and where the key pairs of each live. */
interface ChannelPlaces {
  readonly channels: Pick<ChannelStore, 'list'>;
  readonly toPlace: (channelArn: ChannelArn) => KeyPlace;
}

/** Counts the channels of places, and looks what IVS says of them. */
export function createPlaceChannels(
  ports: ChannelPlaces & { readonly ivs: Pick<ChannelControl, 'getChannels'>; readonly clock: Clock },
): PlaceChannels {
  const { channels, toPlace, ivs, clock } = ports;
  let last: { readonly counts: ReadonlyMap<KeyPlace, number>; readonly atMs: number } | undefined;
  return {
    toPlace,
    async countAll() {
      if (last !== undefined && Math.abs(clock.nowMs() - last.atMs) < countsFreshForMs) return last.counts;
      const counts = new Map<KeyPlace, number>();
      for await (const channelArn of listAll(channels))
        counts.set(toPlace(channelArn), (counts.get(toPlace(channelArn)) ?? 0) + 1);
      last = { counts, atMs: clock.nowMs() };
      return counts;
    },
    async findDrifted(place) {
      const drifted: DriftedChannel[] = [];
      let some: ChannelArn[] = [];
      async function look() {
        const found = await ivs.getChannels(some);
        for (const channelArn of some) {
          const channel = found.find((each) => each.channelArn === channelArn);
          if (channel?.authorized !== true) drifted.push({ channelArn, isGone: channel === undefined });
        }
        some = [];
      }
      for await (const channelArn of listOfPlace(ports, place)) {
        some.push(channelArn);
        if (some.length === maxChannelsPerCall) await look();
      }
      if (some.length > 0) await look();
      return drifted;
    },
    async count(place) {
      let count = 0;
      for await (const _ of listOfPlace(ports, place)) count++;
      return count;
    },
  };
}

/** Ends every session of a place, channel by channel, each with a decision of its own that an operator finds among the others. */
export function createPlaceSessions(
  ports: ChannelPlaces & { readonly revocations: Pick<RevocationUseCases, 'revoke' | 'estimate'> },
): PlaceSessions {
  const { revocations } = ports;
  return {
    async count(place) {
      let sessions = 0;
      for await (const channelArn of listOfPlace(ports, place)) {
        const estimate = await revocations.estimate({ channelArn });
        if (estimate.ok) sessions += estimate.value.sessions;
      }
      return sessions;
    },
    async endAll(by, place, key) {
      for await (const channelArn of listOfPlace(ports, place)) {
        const request = { channelArn, reason: `emergency rotation of the key pair of ${place}` };
        await revocations.revoke(by, request, { sender: 'keys', key: `${key} ${channelArn}` });
      }
    },
  };
}
