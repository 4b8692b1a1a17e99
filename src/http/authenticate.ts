/** Who is asking: the first thing that happens to a request that needs a caller. */
import { createMiddleware } from 'hono/factory';
import { isPermitted, type Permission } from '../access/caller.ts';
import type { Services } from '../services.ts';
import type { AppEnv } from './context.ts';
import { sendProblem } from './problem.ts';

/** Lets only callers of these kinds through: 401 without a good credential, 403 with one of another kind. */
export function requireCaller(authenticate: Services['authenticate'], permitted: readonly Permission[]) {
  return createMiddleware<AppEnv>(async function authenticateCaller(context, next) {
    const credential = /^Bearer +(.+)$/i.exec(context.req.header('authorization') ?? '')?.[1];
    const caller = credential === undefined ? undefined : await authenticate(decodeHeader(credential));
    if (caller === undefined) return sendProblem(context, 'unauthenticated');
    context.set('caller', caller);
    context.get('logFields').caller = caller.kind === 'client' ? caller.id : 'viewer';
    if (!isPermitted(caller, permitted)) return sendProblem(context, 'forbidden');
    return next();
  });
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
