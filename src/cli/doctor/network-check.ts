/** Whether others say the same time, and whether the keys of the identity providers can be had. */
import type { Config } from '../../config.ts';
import type { Region } from '../../ids.ts';
import { clockMarginSeconds } from '../../token-limits.ts';
import { createFindingsOf, type Finding, toCause } from './finding.ts';

const timeoutMs = 5000;

/** Tokens say when they end, by this machine's clock; IVS looks at its own, with a margin. */
const warnAboveSeconds = 3;

/** Compares this machine's clock with IVS's, to the second. */
export async function checkClock(
  region: Region,
  { aws: { ivsEndpoint } }: Pick<Config, 'aws'>,
): Promise<readonly Finding[]> {
  const { ok, warn, problem } = createFindingsOf('clock');
  const url = ivsEndpoint ?? `https://ivs.${region}.amazonaws.com/`;
  try {
    const askedAtMs = Date.now();
    const answer = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(timeoutMs) });
    const date = Date.parse(answer.headers.get('date') ?? '');
    if (Number.isNaN(date)) return [];
    const aheadSeconds = Math.round(((askedAtMs + Date.now()) / 2 - date - 500) / 1000);
    if (Math.abs(aheadSeconds) <= warnAboveSeconds) return [ok("says the same time as IVS's, to the second")];
    const message = `this machine is ${Math.abs(aheadSeconds)} s ${aheadSeconds > 0 ? 'ahead of' : 'behind'} IVS`;
    const find = Math.abs(aheadSeconds) > clockMarginSeconds ? problem : warn;
    return [find(message, 'sudo timedatectl set-ntp true')];
  } catch (error) {
    return [problem(`cannot be compared with IVS's: ${toCause(error)}`, `see that this machine reaches ${url}`)];
  }
}

/** Fetches the keys of those that are set. */
export async function checkIdentityProviders({ viewerJwt, operatorJwt }: Config): Promise<readonly Finding[]> {
  const set = [
    ...(viewerJwt === undefined
      ? []
      : [{ whose: "viewers' identity provider", setting: 'OIDC_JWKS_URL', ...viewerJwt }]),
    ...(operatorJwt === undefined
      ? []
      : [{ whose: "operators' identity provider", setting: 'OPERATOR_OIDC_JWKS_URL', ...operatorJwt }]),
  ];
  return Promise.all(
    set.map(async ({ whose, setting, jwksUrl }) => {
      const { ok, problem } = createFindingsOf(whose);
      const mend = `set ${setting} to the jwks_uri of its /.well-known/openid-configuration, and see that this machine reaches it`;
      try {
        const answer = await fetch(jwksUrl, { signal: AbortSignal.timeout(timeoutMs) });
        const { keys = [] } = (await answer.json()) as { readonly keys?: readonly unknown[] };
        return keys.length > 0 ? ok(`has ${keys.length} keys`) : problem('has no keys', mend);
      } catch (error) {
        return problem(`its keys cannot be fetched: ${toCause(error)}`, mend);
      }
    }),
  );
}
