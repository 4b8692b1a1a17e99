/** A playback edge that listens, for the tests of one file. */
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { createEdge, type EdgeOptions, type PlaybackSession } from '../../../src/local-ivs/edge/edge.ts';
import { type ListeningServer, listen } from '../../support/listen.ts';
import { type EdgeAnswer, fetchText, toPlaybackUrl } from '../../support/playback-client.ts';
import { createPlaybackSigner, type PlaybackSigner } from '../../support/playback-signer.ts';
import { type ChannelName, createEdgeWorld, type EdgeWorld } from './edge-world.ts';

type Headers = Readonly<Record<string, string>>;
type Claims = Readonly<Record<string, unknown>>;

/** An edge over a world that is new before each test. */
export interface EdgeUnderTest {
  readonly world: EdgeWorld;
  /** Signs with the key that is imported. */
  readonly signer: PlaybackSigner;
  /** The views of this moment. */
  sessions(): readonly PlaybackSession[];
  /** Where it listens. */
  url(): string;
  /** Another edge over the same world, with no sessions. */
  restart(options?: EdgeOptions): void;
  /** The shortest claims that hold for five minutes on the live private channel, with more or others. */
  claims(more?: Claims): Claims;
  /** Asks for the playlist of a channel, the live private one unless told otherwise. */
  play(token: string | undefined, headers?: Headers, channel?: ChannelName): Promise<EdgeAnswer>;
  /** The same with a token of such claims. */
  playWith(more: Claims, headers?: Headers): Promise<EdgeAnswer>;
}

/** Listens before the first test of the file and until after its last. */
export function useEdge(): EdgeUnderTest {
  const signer = createPlaybackSigner();
  let world = createEdgeWorld(signer);
  let edge = createEdge(world.edgeState);
  let server: ListeningServer;
  beforeAll(async () => {
    server = await listen((request, bindings) => edge.app.fetch(request, bindings));
  });
  afterAll(() => server.close());
  beforeEach(() => {
    world = createEdgeWorld(signer);
    edge = createEdge(world.edgeState);
  });
  const claims = (more: Claims = {}): Claims => ({
    'aws:channel-arn': world.toArn('live'),
    exp: Math.floor(world.edgeState.now() / 1000) + 300,
    ...more,
  });
  const play: EdgeUnderTest['play'] = (token, headers, channel = 'live') =>
    fetchText(toPlaybackUrl(server.url, world.toArn(channel), token), headers);
  return {
    get world() {
      return world;
    },
    signer,
    sessions: () => edge.sessions(),
    url: () => server.url,
    restart: (options = {}) => {
      edge = createEdge(world.edgeState, options);
    },
    claims,
    play,
    playWith: async (more, headers) => play(await signer.sign(claims(more)), headers),
  };
}
