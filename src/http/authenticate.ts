/** Who is asking: the first thing that is settled of a request that needs a caller. */
import { type Caller, isPermitted, type Permission, toCallerName } from '../access/caller.ts';
import { fail, type Result, succeed } from '../errors.ts';
import type { Services } from '../services.ts';
import { type AppContext, noteInLog } from './context.ts';

/** The caller of a request, one of these kinds: `unauthenticated` without a good credential, `forbidden` with one of another kind. */
export async function authenticateCaller(
  context: AppContext,
  authenticate: Services['authenticate'],
  permitted: readonly Permission[],
): Promise<Result<Caller>> {
  const credential = /^Bearer +(.+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
  if (credential === undefined) return fail('unauthenticated');
  const caller = await authenticate(decodeHeader(credential));
  if (caller.kind === 'refused') {
    noteInLog(context, { refusedBecause: caller.because });
    return fail('unauthenticated');
  }
  noteInLog(context, { caller: toCallerName(caller) });
  return isPermitted(caller, permitted) ? succeed(caller) : fail('forbidden');
}

/** Runtimes hand header bytes over as Latin-1; what was sent as UTF-8 is read as that. */
function decodeHeader(value: string): string {
  if (/^[ -~]*$/.test(value) || /[^ -\u00FF]/.test(value)) return value;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(
      Uint8Array.from(value, (byte) => byte.charCodeAt(0)),
    );
  } catch {
    return value;
  }
}
