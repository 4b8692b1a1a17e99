/** A local IVS with one private channel, for what talks to IVS through the real AWS client. */
import { createIvsControl } from '../../src/adapters/ivs/ivs-control.ts';
import { preparePrivateChannel } from '../../src/adapters/ivs/private-channel.ts';
import type { AwsConfig } from '../../src/config.ts';
import type { ChannelArn } from '../../src/ids.ts';
import { startLocalIvs } from '../../src/local-ivs/local-ivs.ts';
import type { IvsControl } from '../../src/ports.ts';
import { usWest2 } from './records.ts';

export interface IvsWithChannel {
  readonly url: string;
  /** How the service reaches it. A call ends after 5 seconds. */
  readonly aws: AwsConfig;
  readonly control: IvsControl;
  readonly channelArn: ChannelArn;
  /** Sends a request to the control endpoint; `path` begins after `/_local`. Throws when it is refused. */
  tell(method: string, path: string, body?: unknown): Promise<unknown>;
  close(): Promise<void>;
}

/** Starts it on a free port. Rates are not limited. */
export async function startIvsWithChannel(): Promise<IvsWithChannel> {
  const localIvs = await startLocalIvs({ port: 0, throttling: false });
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };
  const aws: AwsConfig = { credentials, ivsEndpoint: localIvs.url, timeoutMs: 5000 };
  const { channelArn } = await preparePrivateChannel(aws, usWest2, 'news');
  return {
    url: localIvs.url,
    aws,
    control: createIvsControl(aws),
    channelArn,
    async tell(method, path, body) {
      const headers = { 'content-type': 'application/json' };
      const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
      const answer = await fetch(`${localIvs.url}/_local${path}`, init);
      if (!answer.ok) throw new Error(`the local IVS refused ${method} ${path}: ${answer.status}`);
      return answer.status === 204 ? undefined : answer.json();
    },
    close: localIvs.close,
  };
}
