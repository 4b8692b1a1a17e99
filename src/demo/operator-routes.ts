/** What the buttons of an operator call: the services in this process, so that no admin key ever reaches a browser. */
import type { Hono } from 'hono';
import { z } from 'zod';
import { limitBody, requireJson } from '../http/body.ts';
import type { AppEnv } from '../http/context.ts';
import { orRefuse } from '../http/problem.ts';
import { toWirePolicy, toWireRevocation } from '../http/wire.ts';
import { countryCodeSchema } from '../ids.ts';
import { parseInput } from '../input.ts';
import type { BlockedCountries } from './blocked-countries.ts';
import type { BlockedViewers } from './blocked-viewers.ts';
import { requireOwnOrigin } from './loopback.ts';
import { readInput } from './read-input.ts';
import { viewerName } from './viewer-name.ts';

const viewerRequest = z.strictObject({ viewer: viewerName });
const countryRequest = z.strictObject({ country: countryCodeSchema });

/** Adds them below `/operator/`. There is nothing to GET. */
export function addOperatorRoutes(app: Hono<AppEnv>, viewers: BlockedViewers, countries: BlockedCountries): void {
  app.use('/operator/*', requireOwnOrigin);
  app.on('POST', '/operator/*', limitBody, requireJson);

  app.post('/operator/blocked-viewers', async (context) => {
    const { viewer } = await readInput(context, viewerRequest);
    return context.json(toWireRevocation(orRefuse(await viewers.revoke(viewer))), 201);
  });
  app.delete('/operator/blocked-viewers/:viewer', async (context) => {
    const { viewer } = orRefuse(parseInput(viewerRequest, context.req.param()));
    return context.json({ lifted: orRefuse(await viewers.lift(viewer)) });
  });
  app.post('/operator/blocked-countries', async (context) => {
    const { country } = await readInput(context, countryRequest);
    return context.json(toWirePolicy(orRefuse(await countries.block(country))));
  });
  app.delete('/operator/blocked-countries/:country', async (context) => {
    const { country } = orRefuse(parseInput(countryRequest, context.req.param()));
    return context.json(toWirePolicy(orRefuse(await countries.unblock(country))));
  });
}
