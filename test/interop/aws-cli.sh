#!/usr/bin/env bash
# The private-channel walkthrough of the IVS user guide, run with the AWS CLI against a local IVS of its own.
# Exits 0 when every step went as the guide says. AWS_CLI names another CLI than /usr/bin/aws.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
export PATH="$root/node_modules/.bin:$PATH"
aws=${AWS_CLI:-/usr/bin/aws}

if [ ! -x "$aws" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  apt-get install -y --no-install-recommends awscli >/dev/null 2>&1 ||
    { apt-get update && apt-get install -y --no-install-recommends awscli; } >/dev/null 2>&1 || true
fi
if [ ! -x "$aws" ]; then
  echo "The AWS CLI is needed: install the package awscli, or say where it is with AWS_CLI=/path/to/aws" >&2
  exit 1
fi

for tool in curl openssl node; do
  command -v "$tool" >/dev/null || { echo "$tool is needed: install the package $tool" >&2; exit 1; }
done

work=$(mktemp -d)
server=
finish() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" || true; fi
  rm -rf "$work"
}
trap finish EXIT

# Credentials are given, so the local IVS verifies each signature that the CLI makes.
LOCAL_IVS_PORT=0 LOCAL_IVS_CREDENTIALS=AKIDEXAMPLE:walkthrough/secret+key node "$root/src/local-ivs/main.ts" >"$work/log" 2>&1 &
server=$!
for _ in $(seq 100); do
  url=$(sed -n 's|^Local IVS on \(http://[0-9.:]*\);.*$|\1|p' "$work/log")
  [ -z "$url" ] || break
  sleep 0.1
done
[ -n "$url" ] || { echo "The local IVS did not start:" >&2; cat "$work/log" >&2; exit 1; }

export AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=walkthrough/secret+key AWS_DEFAULT_REGION=us-west-2
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true AWS_PAGER=
unset AWS_SESSION_TOKEN AWS_PROFILE AWS_ENDPOINT_URL AWS_ENDPOINT_URL_IVS

ivs() { "$aws" ivs "$@" --endpoint-url "$url"; }

# Debian's CLI may be older than viewer session revocation; then it is told what that looks like, for that alone:
# everything else it asks and reads by its own model.
models=
choices=$(ivs no-such-operation 2>&1 || true)
if [[ "$choices" != *start-viewer-session-revocation* ]]; then
  models="$work/models"
  node "$root/test/interop/service-model.ts" "$models"
fi
revocation() { if [ -n "$models" ]; then AWS_DATA_PATH="$models" ivs "$@"; else ivs "$@"; fi; }

fail() { echo "not ok - $1" >&2; exit 1; }
# expect WHAT PATTERN COMMAND...: the command succeeds, and the extended regular expression matches all that it prints.
expect() {
  local what=$1 pattern=$2
  shift 2
  said=$("$@" 2>&1) || fail "$what: $said"
  [[ "$said" =~ ^($pattern)$ ]] || fail "$what: got '$said' for '$pattern'"
  echo "ok - $what"
}
# refused WHAT ERROR COMMAND...: the command fails with that error.
refused() {
  local what=$1 error=$2
  shift 2
  if said=$("$@" 2>&1); then fail "$what: was not refused"; fi
  [[ "$said" == *"($error)"* ]] || fail "$what: $said"
  echo "ok - $what"
}
# Prints the status of a request; the body is left in a file.
ask() { curl -s -o "$work/body" -w '%{http_code}' "$@"; }
sign() { node "$root/test/interop/sign-playback-token.ts" "$work/priv.pem" "$channel" viewer-1 "$1"; }

openssl ecparam -name secp384r1 -genkey -noout -out "$work/priv.pem"
openssl ec -in "$work/priv.pem" -pubout -out "$work/public.pem" 2>/dev/null
public_key=$(cat "$work/public.pem")
fingerprint=$(openssl pkey -pubin -in "$work/public.pem" -outform DER | openssl md5 -c | sed 's/.* //')

expect 'import-playback-key-pair answers the ARN of the key' 'arn:aws:ivs:us-west-2:123456789012:playback-key/[a-zA-Z0-9]{12}' \
  ivs import-playback-key-pair --public-key-material "$public_key" --name walkthrough --query keyPair.arn --output text
key=$said
expect 'get-playback-key-pair answers the fingerprint that OpenSSL computes' "$fingerprint" \
  ivs get-playback-key-pair --arn "$key" --query keyPair.fingerprint --output text
expect 'list-playback-key-pairs lists it' walkthrough ivs list-playback-key-pairs --query 'keyPairs[].name' --output text
refused 'import-playback-key-pair refuses the same key again' ConflictException \
  ivs import-playback-key-pair --public-key-material "$public_key"
refused 'import-playback-key-pair refuses what is no key' ValidationException \
  ivs import-playback-key-pair --public-key-material 'no key'

expect 'create-channel --authorized makes a channel' 'arn:aws:ivs:us-west-2:123456789012:channel/[a-zA-Z0-9]{12}' \
  ivs create-channel --name test-channel --authorized --tags stage=test --query channel.arn --output text
channel=$said
expect 'get-channel says that it is private' $'test-channel\tTrue\tLOW\tSTANDARD' \
  ivs get-channel --arn "$channel" --query 'channel.[name,authorized,latencyMode,type]' --output text
expect 'list-tags-for-resource answers its tags' test \
  ivs list-tags-for-resource --resource-arn "$channel" --query tags.stage --output text
expect 'get-channel answers its playback URL' "$url/api/video/v1/us-west-2.123456789012.channel.[a-zA-Z0-9]{12}.m3u8" \
  ivs get-channel --arn "$channel" --query channel.playbackUrl --output text
playback_url=$said
refused 'get-stream finds no stream while it is offline' ChannelNotBroadcasting ivs get-stream --channel-arn "$channel"

expect 'the channel goes live' 200 ask -X PUT "$url/_local/channels/$(sed 's|:|%3A|g; s|/|%2F|g' <<<"$channel")/stream"
expect 'get-stream finds the stream' LIVE ivs get-stream --channel-arn "$channel" --query stream.state --output text
refused 'update-channel refuses a live channel' ConflictException ivs update-channel --arn "$channel" --no-authorized

expect 'playing without a token is refused' 403 ask "$playback_url"
expect 'the refusal says why' '.*"error_code":"invalid_playback_auth_token".*' cat "$work/body"
token=$(sign 7)
expect 'playing with a token works' 200 ask "$playback_url?token=$token"
expect 'a multivariant playlist comes' '#EXTM3U' sed -n '1p' "$work/body"
variant=$(grep -m1 '^http' "$work/body")
expect 'its first rendition plays' 200 ask "$variant"

expect 'start-viewer-session-revocation prints nothing' '' revocation start-viewer-session-revocation \
  --channel-arn "$channel" --viewer-id viewer-1 --viewer-session-versions-less-than-or-equal-to 7
expect 'the running session is ended' 403 ask "$variant"
expect 'the token is refused' 403 ask "$playback_url?token=$token"
token=$(sign 8)
expect 'a token of a later version plays' 200 ask "$playback_url?token=$token"
expect 'batch-start-viewer-session-revocation answers no errors' 0 revocation batch-start-viewer-session-revocation \
  --viewer-sessions "channelArn=$channel,viewerId=viewer-1,viewerSessionVersionsLessThanOrEqualTo=8" --query 'length(errors)'
expect 'that token is refused too' 403 ask "$playback_url?token=$token"

expect 'stop-stream prints nothing' '' ivs stop-stream --channel-arn "$channel"
expect 'delete-playback-key-pair prints nothing' '' ivs delete-playback-key-pair --arn "$key"
refused 'the deleted key is not found' ResourceNotFoundException ivs get-playback-key-pair --arn "$key"
expect 'delete-channel prints nothing' '' ivs delete-channel --arn "$channel"
refused 'the deleted channel is not found' ResourceNotFoundException ivs get-channel --arn "$channel"
refused 'a wrong secret is refused' InvalidSignatureException \
  env AWS_SECRET_ACCESS_KEY=wrong "$aws" ivs list-channels --endpoint-url "$url"
expect 'the local IVS said nothing but where it is' 3 awk 'END { print NR }' "$work/log"
echo "The walkthrough went as the guide says, with $("$aws" --version 2>&1 | cut -d' ' -f1)"
