/** How a viewer signs in on the page, and where the service fetches the keys that hold for it. */
import type { Hono } from 'hono';
import { z } from 'zod';
import type { AppEnv } from '../http/context.ts';
import { parseBody } from '../http/parse-body.ts';
import { sendFailure } from '../http/problem.ts';
import type { ChannelArn } from '../ids.ts';
import { jwksPath } from './demo-path.ts';
import type { IdentityProvider } from './identity-provider.ts';
import { requireOwnOrigin } from './loopback.ts';
import { viewerName } from './viewer-name.ts';

const signInRequest = z.strictObject({ viewer: viewerName });

/** Adds the routes; none when the demo has no identity provider of its own. */
export function addIdentityRoutes(
  app: Hono<AppEnv>,
  channelArn: ChannelArn,
  identityProvider: IdentityProvider | undefined,
): void {
  if (identityProvider === undefined) return;
  app.get(jwksPath, (context) => context.json(identityProvider.jwks));
  app.post('/identity/sign-in', requireOwnOrigin, async (context) => {
    const input = await parseBody(context, signInRequest);
    if (!input.ok) return sendFailure(context, input);
    return context.json({ jwt: await identityProvider.signIn(input.value.viewer, channelArn) }, 201);
  });
}
