/** What somebody typed into the box of the start page: whose name, which token, which request. */

/** What it is taken for. What is secret stays in the page; a name may stand in its URL. */
export type Question =
  | { readonly kind: 'name'; readonly name: string }
  /** Perhaps a request id, which has the form of names too. */
  | { readonly kind: 'name_or_request'; readonly name: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'playback_url'; readonly playbackUrl: string }
  /** A viewer's own JWT. */
  | { readonly kind: 'jwt'; readonly jwt: string };

const jwtForm = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const uuidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Undefined where nothing was typed. */
export function toQuestion(typed: string): Question | undefined {
  const text = typed.trim();
  if (text === '') return undefined;
  if (/^https?:\/\//.test(text)) return { kind: 'playback_url', playbackUrl: text };
  if (jwtForm.test(text) && text.startsWith('ey'))
    return isPlaybackToken(text) ? { kind: 'token', token: text } : { kind: 'jwt', jwt: text };
  return uuidForm.test(text) ? { kind: 'name_or_request', name: text } : { kind: 'name', name: text };
}

/** What must not stand in a URL: with it somebody could watch. */
export function isSecret({ kind }: Question): boolean {
  return kind === 'token' || kind === 'playback_url' || kind === 'jwt';
}

/** A playback token names its channel (IVS user guide, private-channels-generate-tokens). */
function isPlaybackToken(jwt: string): boolean {
  try {
    const payload = (jwt.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    return 'aws:channel-arn' in JSON.parse(atob(payload));
  } catch {
    return true;
  }
}
