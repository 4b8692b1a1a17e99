/** From statements to an app: the steps of every request in their order, and what is refused beside the routes. */
import { cors } from 'hono/cors';
import { type Caller, isLimited, toCallerName } from '../access/caller.ts';
import type { ViewerPlace } from '../access/viewer.ts';
import type { Author } from '../audit/record.ts';
import { fail, type Result, succeed } from '../errors.ts';
import { parseOrigin } from '../ids.ts';
import type { Answer } from './answer.ts';
import { authenticateCaller } from './authenticate.ts';
import { contentTypes } from './content-types.ts';
import {
  type App,
  type AppContext,
  type HttpPorts,
  type LogFields,
  noteInLog,
  type ViewerLocation,
} from './context.ts';
import { parseRequest } from './parse-request.ts';
import { sendFailure, sendProblem } from './problem.ts';
import { handOverHeaders, noteHeaders, respond } from './respond.ts';
import type { Asked, Route } from './route.ts';
import { createSendLines } from './send-lines.ts';

/** Serves the routes, and answers 405 to other methods on their paths. */
export function mountRoutes(app: App, routes: readonly Route[], ports: HttpPorts): void {
  // A path without parameters is no example of one with: what it does not have is not looked for there.
  const paths = [...listMethods(routes)].toSorted(([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')));
  for (const [path, allowed] of paths) {
    for (const route of routes.filter((each) => toRouterPath(each) === path)) mountRoute(app, route, ports);
    app.all(path, function refuseMethod(context) {
      noteHeaders(context, { allow: allowed.join(', ') });
      return sendProblem(context, 'method_not_allowed');
    });
  }
}

/** How long a browser remembers that it may ask: as long as any keeps it (Chromium: 2 hours). */
const preflightSeconds = 7200;

function mountRoute(app: App, route: Route, ports: HttpPorts): void {
  const [path, method] = [toRouterPath(route), route.method.toUpperCase()];
  if (route.crossOrigin) {
    app.options(path, handOverHeaders, cors({ origin: '*', allowMethods: [method], maxAge: preflightSeconds }));
  }
  app.on(method, path, createServe(route, ports));
}

/** Answers for paths that no route has. At and below `/v1/admin` only an admin learns that there is nothing. */
export function createNotFound({ services }: HttpPorts) {
  return async function refusePath(context: AppContext): Promise<Response> {
    if (!/^\/v1\/admin(\/|$)/.test(context.req.path)) return sendProblem(context, 'not_found');
    const caller = await authenticateCaller(context, services.authenticate, ['admin']);
    return caller.ok ? sendProblem(context, 'not_found') : sendFailure(context, caller);
  };
}

/** The steps of every request: who asks (401, 403), what is asked (413, 400), the route's own work, the answer. */
function createServe(route: Route, ports: HttpPorts) {
  const { services, clock, viewerLocation, clientAddress = () => undefined } = ports;

  function toAuthor(context: AppContext, caller: Caller): Author {
    const from = clientAddress(context) ?? null;
    return { actor: toCallerName(caller), from, requestId: context.get('requestId') };
  }

  const sendAnswer = createSendAnswer(route, ports);
  return async function serveRoute(context: AppContext): Promise<Response> {
    if (route.crossOrigin) noteHeaders(context, anyOrigin);
    const caller = await findCaller(route, context, services.authenticate);
    if (!caller.ok) return sendFailure(context, caller);
    if (isOutOfReach(route, caller.value)) return sendFailure(context, fail('forbidden', limitedDetail));
    const asked: Asked = { caller: caller.value, nowSeconds: Math.floor(clock.nowMs() / 1000) };
    const parts = await parseRequest(route, context, asked);
    if (!parts.ok) return sendFailure(context, parts);
    const request = {
      ...parts.value,
      caller: caller.value,
      /** Looked up for those who ask for it: most requests are for tokens, and change nothing. */
      get by() {
        return caller.value && toAuthor(context, caller.value);
      },
      authenticate: () => authenticateReader(route, context, services.authenticate),
      observePlace: () => observePlace(context, viewerLocation),
      note: (fields: LogFields) => noteInLog(context, fields),
      addHeaders: (headers: Readonly<Record<string, string>>) => noteHeaders(context, headers),
    };
    const answered = await route.handle(request, services);
    return answered.ok ? sendAnswer(context, answered.value) : sendFailure(context, answered);
  };
}

const limitedDetail = 'The credential is limited to channels, and this is about more than these';

/** Whoever is limited to channels is limited everywhere. */
function isOutOfReach({ keepsToChannels }: Route, caller: Asked['caller']): boolean {
  return caller !== undefined && caller.kind !== 'viewer' && isLimited(caller) && !keepsToChannels;
}

/** The caller of a route that tells some more. It is about all channels. */
async function authenticateReader(
  route: Route,
  context: AppContext,
  authenticate: HttpPorts['services']['authenticate'],
): Promise<Result<Caller>> {
  const caller = await authenticateCaller(context, authenticate, route.tellsMore ?? []);
  return caller.ok && isOutOfReach(route, caller.value) ? fail('forbidden', limitedDetail) : caller;
}

function findCaller(
  { callers }: Route,
  context: AppContext,
  authenticate: HttpPorts['services']['authenticate'],
): Promise<Result<Asked['caller']>> | Result<undefined> {
  return callers === 'anyone' ? succeed(undefined) : authenticateCaller(context, authenticate, callers);
}

/** How the route's answers go out: each in the form that is stated for its status. */
function createSendAnswer({ constant, answers }: Route, ports: HttpPorts) {
  if (constant) return createSendConstant();
  const sendLines = createSendLines(ports);
  return function sendAnswer(context: AppContext, answered: Answer): Response | Promise<Response> {
    const form = answers[answered.status]?.form;
    if (form === 'text') return sendText(context, answered);
    return form === 'lines' ? sendLines(context, answered) : sendJson(context, answered);
  };
}

function sendJson(context: AppContext, { status, body, headers = {} }: Answer): Response {
  if (status === 204 || body === null) return respond(context, null, { status, headers });
  const ofJson = { ...headers, 'content-type': contentTypes.json };
  return respond(context, JSON.stringify(body), { status, headers: ofJson });
}

function sendText(context: AppContext, { status, body, headers }: Answer): Response {
  return respond(context, String(body), { status, headers: { ...headers, 'content-type': contentTypes.text } });
}

/** Sends its first answer ever after. Bytes, because a text would be copied for each client that is slow to read it. */
function createSendConstant() {
  let bytes: Uint8Array<ArrayBuffer> | undefined;
  return function sendConstant(context: AppContext, { status, body }: Answer): Response {
    bytes ??= new Uint8Array(new TextEncoder().encode(JSON.stringify(body)));
    return respond(context, bytes, { status, headers: { 'content-type': contentTypes.json } });
  };
}

/** Players run in pages of any origin and send no cookies; which origins may watch is the policy's business. */
const anyOrigin = {
  // By hand, because hono's cors would build each answer twice.
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-request-id,retry-after,ratelimit,ratelimit-policy',
};

/** Where the viewer is who sent this request: its `Origin`, and the country that the runtime knows. */
function observePlace(context: AppContext, viewerLocation: ViewerLocation): ViewerPlace {
  const origin = context.req.header('origin');
  return {
    country: viewerLocation(context),
    origin: origin === undefined ? undefined : (parseOrigin(origin) ?? 'opaque'),
  };
}

/** The methods of each path. GET brings HEAD along, and a route for other origins the preflight of browsers. */
function listMethods(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, readonly string[]>();
  for (const route of routes) {
    const own = route.method === 'get' ? ['GET', 'HEAD'] : [route.method.toUpperCase()];
    const path = toRouterPath(route);
    methods.set(path, [...(methods.get(path) ?? []), ...own, ...(route.crossOrigin ? ['OPTIONS'] : [])]);
  }
  return methods;
}

/** `/v1/admin/policies/{id}` as Hono writes it: `/v1/admin/policies/:id`. */
function toRouterPath({ path }: Route): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
