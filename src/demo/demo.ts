/** The demo of a laptop run: a channel that is live, and a page that plays it. */
import type { Hono } from 'hono';
import type { AwsConfig, Config } from '../config.ts';
import type { AppEnv } from '../http/context.ts';
import type { ChannelArn } from '../ids.ts';
import type { Services } from '../services.ts';
import type { Log } from '../system.ts';
import { createDemoApp } from './demo-app.ts';
import { prepareDemoChannel } from './demo-channel.ts';
import { createIdentityProvider, issuer } from './identity-provider.ts';
import { isLoopbackHost } from './loopback.ts';

/** What the demo is made of. */
export interface DemoParts {
  /** Those of this process: what the page's operator does needs no admin key. */
  readonly services: Services;
  readonly log: Log;
  /** What the service runs with: the answer of `toDemoConfig()`. */
  readonly config: Config;
  /** How the local IVS is reached. */
  readonly aws: AwsConfig;
  /** Where the local IVS listens, without a slash at its end. */
  readonly localIvsUrl: string;
  /** The origin of its playback URLs, such as `http://127.0.0.1:8788`. */
  readonly playbackOrigin: string;
}

/** The demo with its channel. */
export interface Demo {
  /** The channel that may be watched. */
  readonly channelArn: ChannelArn;
  /** Everything below `/demo`; undefined where others than this machine could reach it. */
  readonly page: Hono<AppEnv> | undefined;
}

/** Makes the channel and key pair that are missing, and the page. Rejects with an OutageError when the local IVS does not answer. */
export async function createDemo({ aws, localIvsUrl, ...parts }: DemoParts): Promise<Demo> {
  const channelArn = await prepareDemoChannel(parts.services, aws, localIvsUrl);
  if (!isLoopbackHost(parts.config.host)) return { channelArn, page: undefined };
  const signsIn = parts.config.viewerJwt?.issuer === issuer;
  const identityProvider = signsIn ? await createIdentityProvider() : undefined;
  return { channelArn, page: createDemoApp({ ...parts, channelArn, identityProvider }) };
}
