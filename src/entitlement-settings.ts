/** The settings of the entitlement webhook: the operator's own service that is asked whether a viewer may watch. */
import { z } from 'zod';
import { wholeNumber, withNotes } from './setting-schemas.ts';

/** Fewest bytes of a secret that signs (Standard Webhooks, signature scheme). */
const minSecretBytes = 24;
const maxSecretBytes = 64;

/** One or two secrets with a comma between; the first signs first. */
const secrets = z
  .string()
  .transform((list) => list.split(',').map((secret) => secret.trim()))
  .pipe(
    z
      .array(
        z.string().refine(isSecret, `must be whsec_ and ${minSecretBytes} to ${maxSecretBytes} bytes in base64 each`),
      )
      .max(2, 'must be 2 at most'),
  );

/** Hosts with commas between, each perhaps with a port, as they stand in a URL. */
const hosts = z
  .string()
  .transform((list) => list.split(',').map((host) => toHost(host.trim())))
  .pipe(z.array(z.string(), 'must be host or host:port, with commas between').max(100, 'must be 100 at most'));

/** Of what goes out to the operator's own service. */
export const entitlementSettings = {
  ENTITLEMENT_SECRETS: withNotes(secrets.optional(), {
    description:
      'Secret that signs what the operator’s own services are asked, as `whsec_` and base64 of 24 to 64 random bytes; or two with a comma between',
    defaultText: 'none: no `entitlementUrl` can be set',
    consequence:
      'To change it without a gap: set the new and the old one, let the services accept the new one, then leave the old one out. Each question has a signature of each.',
  }),
  ENTITLEMENT_ALLOWED_HOSTS: withNotes(hosts.optional(), {
    description:
      'Hosts of `entitlementUrl` that may have a private address, and speak `http:`, with commas between: `host` with all of its ports, or `host:port`',
    defaultText: 'none: only `https:` and public addresses',
    consequence:
      'For a service in your own network. Whoever may write channels and policies can send signed questions to these hosts.',
  }),
  ENTITLEMENT_TIMEOUT_MS: withNotes(wholeNumber(50, 2000).default(1000), {
    description: 'For a question to the operator’s own service, from its connection to the end of its answer',
    unit: 'milliseconds',
    consequence: 'When it has passed, there is no token: 503 `entitlement_unavailable`.',
  }),
};

function isSecret(text: string): boolean {
  const [, base64] = /^whsec_((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)$/.exec(text) ?? [];
  const bytes = base64 === undefined ? 0 : atob(base64).length;
  return bytes >= minSecretBytes && bytes <= maxSecretBytes;
}

/** Undefined when it is none. */
function toHost(text: string): string | undefined {
  const [, name = '', port] = /^([\w.-]+|\[[\da-f:.]+\])(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const url = name === '' ? undefined : `http://${name}`;
  if (url === undefined || !URL.canParse(url) || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined;
  return port === undefined ? new URL(url).hostname : `${new URL(url).hostname}:${Number(port)}`;
}
