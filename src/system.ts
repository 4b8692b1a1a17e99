/** What every room may ask of the machine: the time, randomness, hashes, a log. */

/** What time it is, for every decision that depends on it. It is passed in, so that a test can set it. */
export interface Clock {
  /** Unix milliseconds. */
  nowMs(): number;
}

/** Randomness that nobody can guess: ids and API keys are made of it. */
export interface Random {
  /** A version 4 UUID. */
  uuid(): string;
  bytes(count: number): Uint8Array;
}

/** Hashes, and how they are compared. */
export interface Hashing {
  /** SHA-256 of the text in hex. Fit for API keys, which are long and random; not for passwords. */
  sha256(text: string): string;
  /** HMAC-SHA-256 of the text under the key: 32 bytes. */
  hmacSha256(key: string, text: string): Uint8Array;
  /** MD5 of the bytes in hex: IVS's fingerprint of a key, not for anything that must be safe. */
  md5(bytes: Uint8Array): string;
  /** Whether two hashes are the same, in a time that does not depend on where they differ. */
  equals(a: string, b: string): boolean;
}

/** Does work that no request asked for, under a name for whoever watches. It changes nothing of what comes of it. */
export type RunWork = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** Does it, and nobody watches. */
export const runUnwatched: RunWork = (_, work) => work();

/** One line for an operator. Fields must never hold a token, a key or a credential. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}
