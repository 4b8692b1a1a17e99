/** A video that plays a playlist with hls.js, and says how that goes. */
import { Text } from '@mantine/core';
import Hls from 'hls.js';
import { useEffect, useRef, useState } from 'react';

/** Plays until it is gone. `url` has the token in it. */
export function Video({ url }: { readonly url: string }) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState('Loading');
  useEffect(() => {
    const element = video.current;
    if (element === null) return;
    if (!Hls.isSupported()) {
      setState('This browser cannot play: hls.js needs Media Source Extensions.');
      return;
    }
    const hls = new Hls({ capLevelToPlayerSize: true });
    hls.on(Hls.Events.MANIFEST_PARSED, () => void element.play().catch(() => setState('Press play.')));
    hls.on(Hls.Events.ERROR, (_, { fatal, details, response }) => {
      if (fatal) setState(toReason(details, response?.code));
    });
    hls.attachMedia(element);
    hls.loadSource(url);
    return () => hls.destroy();
  }, [url]);
  return (
    <div>
      <video
        ref={video}
        muted
        playsInline
        controls
        aria-label="Test player"
        style={{ width: '100%', maxHeight: 420, background: '#000', marginTop: 12, borderRadius: 8 }}
        onPlaying={() => setState('Playing.')}
        onWaiting={() => setState('Waiting for more.')}
      />
      <Text size="sm" c="dimmed" role="status">
        {state}
      </Text>
    </div>
  );
}

/** What the edge says: 403 to a token that is refused, 404 where nothing is live. */
function toReason(details: string, status: number | undefined): string {
  if (status === 404) return 'The edge has no stream: the channel is not live.';
  if (status === 401 || status === 403) return 'The edge refuses the token: inspect it on the page Viewer.';
  return `It does not play: ${details}${status === undefined ? '' : ` (${status})`}.`;
}
