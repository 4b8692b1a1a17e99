/** What the buttons of an operator call: the services in this process, so that no admin key ever reaches a browser. */
import type { Hono } from 'hono';
import { z } from 'zod';
import type { Result } from '../errors.ts';
import type { AppContext, AppEnv } from '../http/context.ts';
import { parseBody } from '../http/parse-body.ts';
import { sendFailure } from '../http/problem.ts';
import { toWirePolicy } from '../http/wire/policy.ts';
import { toWireRevocation } from '../http/wire/revocation.ts';
import { countryCodeSchema } from '../ids.ts';
import { parseInput } from '../input.ts';
import type { BlockedCountries } from './blocked-countries.ts';
import type { BlockedViewers } from './blocked-viewers.ts';
import { requireOwnOrigin } from './loopback.ts';
import { viewerName } from './viewer-name.ts';

const viewerRequest = z.strictObject({ viewer: viewerName });
const countryRequest = z.strictObject({ country: countryCodeSchema });

/** Adds them below `/operator/`. There is nothing to GET. */
export function addOperatorRoutes(app: Hono<AppEnv>, viewers: BlockedViewers, countries: BlockedCountries): void {
  app.use('/operator/*', requireOwnOrigin);

  app.post('/operator/blocked-viewers', async (context) => {
    const input = await parseBody(context, viewerRequest);
    const revoked = input.ok ? await viewers.revoke(input.value.viewer) : input;
    return sendResult(context, revoked, toWireRevocation, 201);
  });
  app.delete('/operator/blocked-viewers/:viewer', async (context) => {
    const input = parseInput(viewerRequest, context.req.param());
    const lifted = input.ok ? await viewers.lift(input.value.viewer) : input;
    return sendResult(context, lifted, (count) => ({ lifted: count }));
  });
  app.post('/operator/blocked-countries', async (context) => {
    const input = await parseBody(context, countryRequest);
    const blocked = input.ok ? await countries.block(input.value.country) : input;
    return sendResult(context, blocked, toWirePolicy);
  });
  app.delete('/operator/blocked-countries/:country', async (context) => {
    const input = parseInput(countryRequest, context.req.param());
    const unblocked = input.ok ? await countries.unblock(input.value.country) : input;
    return sendResult(context, unblocked, toWirePolicy);
  });
}

function sendResult<T>(
  context: AppContext,
  result: Result<T>,
  toBody: (value: T) => object,
  status: 200 | 201 = 200,
): Response {
  return result.ok ? context.json(toBody(result.value), status) : sendFailure(context, result);
}
