/** `/_local/`: what a test sees and sets of the local IVS, outside the API that AWS has. It asks for no credentials. */
import { type Context, Hono, type Next } from 'hono';
import { ZodError, type z } from 'zod';
import { ApiError, notFound, toStatus } from '../api/errors.ts';
import { checkQuota } from '../api/quotas.ts';
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
  app.use(checkOrigin);
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
  app.notFound(() => {
    throw new ApiError('ResourceNotFoundException', 'Nothing is here; GET /_local/ lists what there is');
  });
  app.onError((error) => answerError(error, parts.onError));
  return app;
}

/** Throws AccessDeniedException for a page of another origin: one that someone looks at must not set a local IVS on the same machine. */
async function checkOrigin(c: Context, next: Next): Promise<void> {
  const origin = c.req.header('origin');
  if (origin !== undefined && origin !== new URL(c.req.url).origin)
    throw new ApiError('AccessDeniedException', 'Pages of other origins may not use the control endpoint');
  await next();
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

/** The one place where what a handler throws becomes an answer. What is nobody's refusal is told to `onError`. */
function answerError(error: Error, onError: ControlParts['onError']): Response {
  if (error instanceof ZodError) {
    const errors = error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    return Response.json({ message: 'The body does not fit', errors }, { status: 400 });
  }
  if (error instanceof ApiError) return Response.json({ message: error.message }, { status: toStatus(error.name) });
  onError(error);
  return Response.json({ message: 'The local IVS failed; see its log' }, { status: 500 });
}
