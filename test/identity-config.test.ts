/** Where operators sign in on a page, as the settings say. */
import { expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../src/config.ts';

const least = {
  PLAYGATE_ADMIN_KEY: 'an admin key of at least 32 characters',
  DATABASE_FILE: ':memory:',
  KEYS_DIRECTORY: 'keys',
};
const operators = {
  OPERATOR_OIDC_ISSUER: 'https://staff.example',
  OPERATOR_OIDC_AUDIENCE: 'playgate-operators',
  OPERATOR_OIDC_JWKS_URL: 'https://staff.example/jwks.json',
};

it('operators sign in on a page where there is a client for it, with the scopes that are set', () => {
  const read = (more: object) => parseConfig({ ...least, ...operators, ...more }).operatorSignIn;
  expect(read({})).toBeUndefined();
  const signIn = { issuer: 'https://staff.example', audience: 'playgate-operators', clientId: 'console' };
  expect(read({ OPERATOR_OIDC_CLIENT_ID: 'console' })).toEqual({ ...signIn, scope: 'openid profile' });
  const scope = 'openid api://playgate/.default';
  expect(read({ OPERATOR_OIDC_CLIENT_ID: 'console', OPERATOR_OIDC_SCOPE: scope })).toEqual({ ...signIn, scope });
});

it('a client without a provider is a setting too few', () => {
  const read = () => parseConfig({ ...least, OPERATOR_OIDC_CLIENT_ID: 'console' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow('OPERATOR_OIDC_ISSUER');
});
