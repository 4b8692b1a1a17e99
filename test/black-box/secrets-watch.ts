/** Notes every secret that goes over the wire in a test run, and looks for them where they must not be. */
import { adminKey, type Target, viewerIdHashKey } from './target.ts';

/** What must never be logged: credentials, API keys, tokens, and the settings that are secrets. */
export interface SecretsWatch {
  /** The target, with everything that is sent to it and answered by it watched. */
  watch(target: Target): Target;
  count(): number;
  /** The secrets that stand in the text, whole or in their telling part. */
  findIn(text: string): string[];
}

export function watchSecrets(): SecretsWatch {
  const secrets = new Set([
    adminKey,
    viewerIdHashKey,
    'secret-access-key-of-the-tests',
    'BEGIN PRIVATE KEY',
    'BEGIN EC PRIVATE',
  ]);

  function note(text: string | null | undefined): void {
    // The signature of a JWT and the secret half of an API key are what makes them worth stealing.
    for (const [, signature = ''] of text?.matchAll(/eyJ[\w-]+\.[\w-]+\.([\w-]{40,})/g) ?? []) secrets.add(signature);
    for (const [, secret = ''] of text?.matchAll(/pgk_client_[0-9a-f]{20}\.([\w-]{43})/g) ?? []) secrets.add(secret);
  }

  return {
    watch: (target) => ({
      ...target,
      async send(path, options) {
        note(options?.headers?.authorization);
        const response = await target.send(path, options);
        note(await response.clone().text());
        return response;
      },
    }),
    count: () => secrets.size,
    findIn: (text) => [...secrets].filter((secret) => text.includes(secret)),
  };
}
