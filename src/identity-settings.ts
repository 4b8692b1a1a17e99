/** The settings of who signs in: viewers, and operators. */
import { z } from 'zod';
import { jwtAlgorithms } from './access/jwt.ts';
import { pseudonymModes } from './access/viewer-identity.ts';
import { secret, text, url, wholeNumber, withNotes } from './setting-schemas.ts';

const algorithms = text
  .default('RS256,ES256')
  .transform((list) => list.split(',').map((name) => name.trim()))
  .pipe(z.array(z.enum(jwtAlgorithms)).min(1));

/** Of viewers' identity provider, and of viewer ids. */
export const viewers = {
  OIDC_ISSUER: withNotes(text.optional(), {
    description: "The `iss` that viewers' JWTs must have",
    defaultText: "none; the demo page's own in a laptop run",
    consequence: 'With the next two, viewers may ask with their own JWT; without them only clients may.',
  }),
  OIDC_AUDIENCE: withNotes(text.optional(), {
    description: 'The `aud` that they must have',
    consequence: 'Together with `OIDC_ISSUER`.',
  }),
  OIDC_JWKS_URL: withNotes(url(/^https?$/, 'https://id.example/.well-known/jwks.json').optional(), {
    description: "`http(s)` URL of the identity provider's keys",
    consequence:
      'Together with `OIDC_ISSUER`. Use `https`: whoever can change the answer can be any viewer. Keys are fetched anew every 10 minutes.',
  }),
  OIDC_ALGORITHMS: withNotes(algorithms, {
    description: 'Accepted signature algorithms with commas between',
    consequence: 'Name only what your provider uses.',
  }),
  OIDC_CLOCK_TOLERANCE_SECONDS: withNotes(wholeNumber(0, 300).default(5), {
    description: 'For `exp` and `nbf`',
    unit: 'seconds',
    consequence: "A JWT is believed that much longer. Keep it as small as the provider's clock allows.",
  }),
  OIDC_TIMEOUT_MS: withNotes(wholeNumber(100, 60_000).default(2000), {
    description: 'For fetching the keys',
    unit: 'milliseconds',
    consequence:
      'When it has passed, viewers whose keys are not known get 503; the next fetch follows after 5 seconds.',
  }),
  OIDC_STALE_HOURS: withNotes(wholeNumber(1, 168).default(6), {
    description: 'How long known keys are used on while they cannot be fetched',
    unit: 'hours',
    consequence:
      'Afterwards viewers get 503. A key that the provider withdraws is accepted for so long where its answer does not arrive.',
  }),
  OIDC_VIEWER_ID_CLAIM: withNotes(text.default('sub'), {
    description: 'Claim that names the viewer',
    consequence: 'Another claim makes other viewer ids: blocks made before no longer meet the viewer.',
  }),
  OIDC_CHANNELS_CLAIM: withNotes(text.default('channels'), {
    description: 'Claim that lists the channels: ARNs, or `*`',
    consequence: 'A JWT without it may ask for channels that are open to all authenticated viewers.',
  }),
  VIEWER_ID_PSEUDONYMS: withNotes(z.enum(pseudonymModes).default('when_needed'), {
    description: 'Which viewer ids become keyed hashes',
    consequence: '`always` hides every viewer id from AWS and from the logs, also those that clients write.',
  }),
  VIEWER_ID_HASH_KEY: withNotes(secret.optional(), {
    description: 'Key of the hash',
    defaultText: 'made up in a laptop run',
    consequence:
      'Required in production with OIDC or `always`. A new key makes new viewer ids: blocks made before no longer meet the viewer.',
  }),
};

/** Of operators' identity provider. */
export const operators = {
  OPERATOR_OIDC_ISSUER: withNotes(text.optional(), {
    description: "The `iss` that operators' JWTs must have",
    defaultText: 'none: operators use API keys',
    consequence: 'With the next two, operators may sign in as themselves.',
  }),
  OPERATOR_OIDC_AUDIENCE: withNotes(text.optional(), {
    description: 'The `aud` that they must have',
    consequence: "Together with `OPERATOR_OIDC_ISSUER`. Must not be viewers' where both have the same issuer.",
  }),
  OPERATOR_OIDC_JWKS_URL: withNotes(url(/^https?$/, 'https://id.example/.well-known/jwks.json').optional(), {
    description: "`http(s)` URL of the keys of the operators' identity provider",
    consequence: 'Together with `OPERATOR_OIDC_ISSUER`. Use `https`: whoever can change the answer can do everything.',
  }),
  OPERATOR_OIDC_CLIENT_ID: withNotes(text.optional(), {
    description: 'Id of the public client under which the console signs operators in (authorization code with PKCE)',
    defaultText: 'none: in the console operators give an API key',
    consequence:
      "Register `/console/sign-in` of the service's origin as its redirect URI. Where `OPERATOR_OIDC_AUDIENCE` is this id, the ID token is the credential; else the access token, which must then be a JWT with that audience.",
  }),
  OPERATOR_OIDC_SCOPE: withNotes(text.default('openid profile'), {
    description: 'What the console asks for when it signs operators in, with spaces between',
    consequence: 'Must have `openid`. Some providers need a scope of their own for the roles, or for the audience.',
  }),
  OPERATOR_OIDC_ALGORITHMS: withNotes(algorithms, {
    description: 'Accepted signature algorithms with commas between',
    consequence: 'Name only what your provider uses.',
  }),
  OPERATOR_OIDC_ROLES_CLAIM: withNotes(text.default('roles'), {
    description:
      'Claim that names the roles `admin`, `operator`, `viewer-support` and `auditor`, one or several; with dots between, a claim within claims, such as `realm_access.roles`',
    consequence: 'A JWT without one of them is refused.',
  }),
  OPERATOR_OIDC_CHANNELS_CLAIM: withNotes(text.optional(), {
    description: 'Claim that lists the channels to which an operator is limited: ARNs, or `*`',
    defaultText: 'none: nobody is limited',
    consequence: 'A JWT without it may do nothing then that is about a channel.',
  }),
};
