/** The list of channels, or one of them: which one stands in the URL. */
import { useFilters } from '../../shell/filters.ts';
import { ChannelList } from './channel-list.tsx';
import { ChannelView } from './channel-view.tsx';

/** The page. */
export default function ChannelsPage() {
  const [{ channel }, change] = useFilters('channel', 'cursor');
  if (channel === undefined) return <ChannelList onChoose={(channelArn) => change({ channel: channelArn })} />;
  return <ChannelView channelArn={channel} key={channel} onBack={() => change({ channel: undefined })} />;
}
