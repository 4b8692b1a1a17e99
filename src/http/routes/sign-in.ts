/** `/v1/sign-in`: where operators sign in, for a page that has no credential yet. */
import { z } from 'zod';
import { answer } from '../answer.ts';
import { defineRoute, type Route } from '../route.ts';

const signInDocument = {
  name: 'SignIn',
  schema: z.object({
    operators: z
      .object({
        issuer: z.string().describe('Below it the provider describes itself (OpenID Connect Discovery).'),
        clientId: z.string().describe('The id of a public client.'),
        audience: z
          .string()
          .describe('The `aud` of the JWT that is the credential: the ID token where it is `clientId`.'),
        scope: z.string(),
      })
      .nullable()
      .describe('Null: operators have API keys alone.'),
  }),
  example: {
    operators: {
      issuer: 'https://id.example',
      clientId: 'playgate-console',
      audience: 'playgate-console',
      scope: 'openid profile',
    },
  },
};

/** For anyone: nothing of it is secret. */
export const signInRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/v1/sign-in',
    operationId: 'getSignIn',
    tag: 'callers',
    callers: 'anyone',
    summary: 'Say where operators sign in (authorization code with PKCE)',
    answers: { 200: { description: 'Where', body: signInDocument } },
    handle: async (_, { operatorSignIn }) => answer(200, { operators: operatorSignIn ?? null }),
  }),
];
