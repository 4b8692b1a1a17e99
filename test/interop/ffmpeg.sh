#!/usr/bin/env bash
# Plays a channel of a local IVS of its own with ffmpeg, from each of two windows: over the places where the picture begins again,
# and over the wrap of PTS and PCR after 26.5 hours. Exits 0 when ffmpeg has nothing to say of the stream.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
export PATH="$root/node_modules/.bin:$PATH"

if ! command -v ffmpeg >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get install -y --no-install-recommends ffmpeg >/dev/null 2>&1 ||
    { apt-get update && apt-get install -y --no-install-recommends ffmpeg; } >/dev/null 2>&1 || true
fi
for tool in curl ffmpeg ffprobe node; do
  command -v "$tool" >/dev/null || { echo "$tool is needed: install the package ${tool/ffprobe/ffmpeg}" >&2; exit 1; }
done

work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
  rm -rf "$work"
}
trap finish EXIT

LOCAL_IVS_PORT=0 node "$root/src/local-ivs/main.ts" >"$work/log" 2>&1 &
server=$!
for _ in $(seq 100); do
  url=$(sed -n 's|^AWS clients.*AWS_ENDPOINT_URL_IVS=\(http://[0-9.:]*\)$|\1|p' "$work/log")
  [ -z "$url" ] || break
  sleep 0.1
done
[ -n "$url" ] || { echo "The local IVS did not start:" >&2; cat "$work/log" >&2; exit 1; }

# ask METHOD PATH [BODY]: prints the answer, and fails unless it is one of success.
ask() { curl -sSf -X "$1" -H 'content-type: application/json' "${@:4}" "$url$2" --data "${3:-{\}}"; }
authorization='AWS4-HMAC-SHA256 Credential=AKID/20261120/us-west-2/ivs/aws4_request, SignedHeaders=host, Signature=ab'
channel=$(ask POST /CreateChannel '{}' -H "authorization: $authorization" -H 'x-amz-date: 20261120T120000Z')
arn=$(sed 's/.*"arn":"\([^"]*:channel[^"]*\)".*/\1/' <<<"$channel")
playback_url=$(sed 's/.*"playbackUrl":"\([^"]*\)".*/\1/' <<<"$channel")
ask PUT "/_local/channels/$(sed 's|:|%3A|g; s|/|%2F|g' <<<"$arn")/stream" >/dev/null

# play WHAT SECONDS: every segment that is listed so long after the start of the stream, 30 seconds of them.
play() {
  ask PUT /_local/clock "{\"offsetMs\":$(($2 * 1000))}" >/dev/null
  for rendition in 0 1 2; do
    ffmpeg -nostdin -hide_banner -loglevel verbose -live_start_index 0 -t 28 -i "$playback_url" \
      -map "0:p:$rendition" -c copy -f mpegts -y "$work/copy.ts" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
    if grep -Ei 'corrupt|discontinu|non.monoton|invalid|error' "$work/said"; then
      echo "not ok - $1, rendition $rendition" >&2
      exit 1
    fi
    frames=$(ffprobe -v error -count_packets -select_streams v -show_entries stream=nb_read_packets -of csv=p=0 "$work/copy.ts" | sed -n 1p)
    [ "$frames" -ge 830 ] || { echo "not ok - $1, rendition $rendition: only $frames frames" >&2; exit 1; }
    echo "ok - $1, rendition $rendition: $frames frames"
  done
}

play 'where the picture begins again' 60
# 2^33 ticks of 90 kHz are 95,443 seconds.
play 'where the times begin again' 95460
echo "ffmpeg had nothing to say of the stream: $(ffmpeg -version | sed -n 1p | cut -d' ' -f1-3)"
