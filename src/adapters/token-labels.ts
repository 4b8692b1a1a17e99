/** By what requests for tokens are told apart in metrics: few enough, whatever is asked. */
import type { ChannelArn } from '../ids.ts';
import type { AnsweredRequest } from '../metrics.ts';

/** Labels of a request for a token. */
export interface TokenLabels {
  /** `issued`, or the code of the refusal. */
  readonly code: string;
  /** Of the channel: '' where none was understood, `other` beyond so many. */
  readonly region: string;
  /** Its ARN where it is listed, else ''. */
  readonly channel: string;
}

/** Regions that are told apart, many times those that IVS has: whoever asks for tokens writes what they like into an ARN. */
const maxRegions = 50;

/** Binds the labels to the channels that are listed. Undefined for what is no request for a token. */
export function createToTokenLabels(channels: readonly ChannelArn[]) {
  const listed = new Set(channels);
  const regions = new Set<string>();

  function toRegion(channelArn: ChannelArn | undefined): string {
    // `arn:aws:ivs:<region>:…`: cut out, as splitting costs more than all the rest.
    const region = channelArn?.slice(12, channelArn.indexOf(':', 12)) ?? '';
    if (regions.has(region)) return region;
    if (regions.size >= maxRegions) return 'other';
    regions.add(region);
    return region;
  }

  return function toTokenLabels({ method, route, code, channelArn }: AnsweredRequest): TokenLabels | undefined {
    if (route !== '/v1/tokens' || method !== 'POST') return undefined;
    const channel = channelArn !== undefined && listed.has(channelArn) ? channelArn : '';
    return { code: code ?? 'issued', region: toRegion(channelArn), channel };
  };
}
