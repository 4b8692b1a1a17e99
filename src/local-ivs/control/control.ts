/** `/_local/`: what a test sees and sets of the local IVS, outside the API that AWS has. It asks for no credentials. */
import { type Context, Hono, type Next } from 'hono';
import { ZodError, type z } from 'zod';
import { ApiError, notFound, toStatus } from '../api/errors.ts';
import { checkQuota } from '../api/operations/resource.ts';
import { parseBody, readBody } from '../api/read-body.ts';
import { toPrefixOf } from '../arn.ts';
import { countLiveStreams, startStream, stopStream } from '../state/broadcast.ts';
import type { State } from '../state/state.ts';
import type { ControlParts } from './control-parts.ts';
import { settingsChange } from './live-settings.ts';
import { createClockRequest, faultRequest, streamRequest } from './requests.ts';
import { toChannels, toClock, toOverview, toRevocations, toStream } from './views.ts';

/** The largest body that a request may have. */
const maxBodyBytes = 65_536;

/** The routes, each at its whole path. */
export function createControl(parts: ControlParts): Hono {
  const { state, clock, faults, settings } = parts;
  const app = new Hono({ strict: false }).basePath('/_local');
  app.use(refuseForeignPages);
  app.get('/', (c) => c.json(toOverview(parts)));

  app.get('/settings', (c) => c.json(settings.get()));
  app.patch('/settings', async (c) => {
    settings.change(await parse(c, settingsChange));
    return c.json(settings.get());
  });

  app.get('/clock', (c) => c.json(toClock(clock)));
  app.put('/clock', async (c) => {
    clock.set(await parse(c, createClockRequest(clock)));
    return c.json(toClock(clock));
  });
  app.delete('/clock', (c) => {
    clock.set({ offsetMs: 0 });
    return c.json(toClock(clock));
  });

  app.get('/faults', (c) => c.json({ faults: faults.list() }));
  app.post('/faults', async (c) => {
    faults.add(await parse(c, faultRequest));
    return c.json({ faults: faults.list() }, 201);
  });
  app.delete('/faults', (c) => {
    faults.clear();
    return c.json({ faults: [] });
  });

  app.get('/channels', (c) => c.json({ channels: toChannels(state) }));
  app.put('/channels/:arn/stream', async (c) => {
    const { health } = await parse(c, streamRequest);
    const channelArn = findChannelArn(c, state);
    checkStreamQuota(parts, channelArn);
    return c.json({ stream: toStream(startStream(state, channelArn, clock.now(), health)) });
  });
  app.delete('/channels/:arn/stream', (c) => {
    stopStream(state, findChannelArn(c, state), clock.now());
    return c.body(null, 204);
  });

  app.get('/sessions', (c) => c.json({ sessions: parts.sessions() }));
  app.get('/revocations', (c) => c.json({ revocations: toRevocations(state) }));
  app.notFound((c) => c.json({ message: 'Nothing is here; GET /_local/ lists what there is' }, 404));
  app.onError((error, c) => refuse(error, c) ?? fail(error, c, parts));
  return app;
}

/** A page of another origin that someone looks at must not set a local IVS on the same machine. */
async function refuseForeignPages(c: Context, next: Next): Promise<Response | undefined> {
  const origin = c.req.header('origin');
  if (origin !== undefined && origin !== new URL(c.req.url).origin)
    return c.json({ message: 'Pages of other origins may not use the control endpoint' }, 403);
  await next();
  return undefined;
}

/** Reads a JSON body. Throws ApiError for a body that is none, ZodError for one that does not fit. */
async function parse<S extends z.ZodType>(c: Context, schema: S): Promise<z.infer<S>> {
  const body = await readBody(c.req.raw, maxBodyBytes);
  return schema.parse(parseBody(body, c.req.header('content-type') ?? null));
}

/** Throws ResourceNotFoundException when no account has this channel. */
function findChannelArn(c: Context, state: State): string {
  const arn = c.req.param('arn') ?? '';
  if (!state.find('channel', arn)) throw notFound(arn);
  return arn;
}

/** Throws ServiceQuotaExceededException when the channel is offline and its account and region may have no more streams. */
function checkStreamQuota({ state, quotas }: ControlParts, channelArn: string): void {
  if (state.liveSession(channelArn)) return;
  checkQuota({ quotas }, 'concurrent-stream', countLiveStreams(state, toPrefixOf(channelArn)));
}

/** The answer for a request that is wrong; undefined for any other error. */
function refuse(error: Error, c: Context): Response | undefined {
  if (error instanceof ZodError) {
    const errors = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    return c.json({ message: 'The body does not fit', errors }, 400);
  }
  if (!(error instanceof ApiError)) return undefined;
  return Response.json({ message: error.message }, { status: toStatus(error.name) });
}

function fail(error: Error, c: Context, { onError }: ControlParts): Response {
  onError(error);
  return c.json({ message: 'The local IVS failed; see its log' }, 500);
}
