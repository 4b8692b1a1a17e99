/** What travels with a request through the routes. */
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Caller } from '../access/caller.ts';
import type { CountryCode } from '../ids.ts';
import type { Services } from '../services.ts';
import type { Log } from '../system.ts';

/** `logFields` are added to the request's one log line. */
export interface AppEnv {
  readonly Variables: {
    requestId: string;
    caller: Caller;
    logFields: Record<string, unknown>;
    errorCode: string;
  };
}

export type App = OpenAPIHono<AppEnv>;
export type AppContext = Context<AppEnv>;

/** Where a viewer is, as the runtime knows it; undefined when it does not. */
export type ViewerLocation = (context: AppContext) => CountryCode | undefined;

/** What the routes are bound to. */
export interface HttpPorts {
  readonly services: Services;
  readonly log: Log;
  readonly viewerLocation: ViewerLocation;
}
