/** `POST /v1/tokens` and `POST /v1/tokens/inspect`. */
import { createRoute, z } from '@hono/zod-openapi';
import { cors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { parseOrigin } from '../../ids.ts';
import type { ViewerPlace } from '../../policies/evaluate.ts';
import { toIsoTime } from '../../time.ts';
import { inspectReasons } from '../../tokens/inspect.ts';
import type { NoteViewer } from '../../tokens/issue.ts';
import { inspectRequestSchema, parseTokenRequest, tokenRequestSchema } from '../../tokens/request.ts';
import { requireCaller } from '../authenticate.ts';
import { limitBody, readJson, requireJson } from '../body.ts';
import type { App, AppContext, AppEnv, HttpPorts, ViewerLocation } from '../context.ts';
import { orRefuse } from '../problem.ts';
import { bearer, json, jsonBody, problems } from './describe.ts';

const issuedTokenSchema = z
  .object({
    token: z.string(),
    expiresAt: z.string().openapi({ format: 'date-time' }),
    channelArn: z.string(),
    viewerId: z.string(),
    sessionVersion: z.int(),
    playbackUrl: z.string(),
  })
  .openapi('PlaybackToken');

const inspectionSchema = z
  .object({
    plays: z.boolean(),
    reason: z.enum(inspectReasons).nullable(),
    claims: z.record(z.string(), z.unknown()).nullable(),
    keyId: z.string().nullable(),
    floor: z.int().nullable(),
    expiresAt: z.string().nullable(),
  })
  .openapi('Inspection');

const issueRoute = createRoute({
  method: 'post',
  path: '/v1/tokens',
  summary: 'Issue a playback token',
  security: bearer,
  request: { body: jsonBody(tokenRequestSchema) },
  responses: { 201: { description: 'The token and its playback URL', ...json(issuedTokenSchema) }, ...problems },
});

const inspectRoute = createRoute({
  method: 'post',
  path: '/v1/tokens/inspect',
  summary: 'Say why a token would play or not',
  security: bearer,
  request: { body: jsonBody(inspectRequestSchema) },
  responses: { 200: { description: 'What was found', ...json(inspectionSchema) }, ...problems },
});

/** Adds the routes of tokens. */
export function addTokenRoutes(app: App, { services, viewerLocation }: HttpPorts): void {
  app.options('/v1/tokens', cors({ origin: '*', allowMethods: ['POST'] }));
  app.on(
    'POST',
    '/v1/tokens',
    allowAnyOrigin,
    requireCaller(services.authenticate, ['viewer', 'issuer', 'admin']),
    limitBody,
    requireJson,
  );
  app.on(
    'POST',
    '/v1/tokens/inspect',
    requireCaller(services.authenticate, ['admin', 'auditor']),
    limitBody,
    requireJson,
  );

  // Parsed here and not by the router, since what may be asked depends on who asks.
  app.openAPIRegistry.registerPath(issueRoute);
  app.post(issueRoute.path, async (context) => {
    const caller = context.get('caller');
    const request = orRefuse(parseTokenRequest(caller, await readJson(context)));
    const logFields = context.get('logFields');
    logFields.channelArn = request.channelArn;
    const note: NoteViewer = (viewer) => void Object.assign(logFields, viewer);
    const observed = observePlace(context, viewerLocation);
    const issued = orRefuse(await services.issueToken(caller, request, observed, note));
    logFields.sessionVersion = issued.sessionVersion;
    return context.json({ ...issued, expiresAt: toIsoTime(issued.expiresAt) }, 201);
  });

  app.openapi(inspectRoute, async (context) => {
    const inspection = await services.inspectToken(context.req.valid('json'));
    const { claims, expiresAt } = inspection;
    return context.json(
      { ...inspection, claims: claims && { ...claims }, expiresAt: expiresAt === null ? null : toIsoTime(expiresAt) },
      200,
    );
  });
}

/** Players run in pages of any origin and send no cookies; which origins may watch is the policy's business. */
const allowAnyOrigin = createMiddleware<AppEnv>(async function allowOrigin(context, next) {
  // Set beforehand and by hand, because hono's cors would build each answer twice.
  context.header('access-control-allow-origin', '*');
  context.header('access-control-expose-headers', 'x-request-id,retry-after');
  await next();
});

/** Where the viewer is who sent this request: its `Origin`, and the country that the runtime knows. */
function observePlace(context: AppContext, viewerLocation: ViewerLocation): ViewerPlace {
  const origin = context.req.header('origin');
  return {
    country: viewerLocation(context),
    origin: origin === undefined ? undefined : (parseOrigin(origin) ?? 'opaque'),
  };
}
