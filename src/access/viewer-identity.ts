/** From whom a viewer is to the identity provider to the viewer id that a token may carry. */
import { base64url } from 'jose';
import { failInput, type Result, succeed } from '../errors.ts';
import { parseViewerId, type ViewerId } from '../ids.ts';
import type { Hashing } from '../system.ts';

/** `when_needed`: a subject that is too long, looks like an e-mail address, or has characters a viewer id may not have. */
export const pseudonymModes = ['when_needed', 'always'] as const;
type PseudonymMode = (typeof pseudonymModes)[number];

/** How viewer ids are made of what viewers are called elsewhere. Every instance needs the same, or their ids differ. */
export interface ViewerIdentityConfig {
  /** Which subjects and viewer ids become keyed hashes, default `when_needed`; `always` needs the `hashKey`. */
  readonly mode: PseudonymMode;
  /** The secret of the keyed hash, at least 32 characters. A new one makes new viewer ids. Absent: no subject can be hashed. */
  readonly hashKey: string | undefined;
}

/** How names become viewer ids. Pure: while the key stays, the same name gives the same viewer id. */
export interface ViewerIdentity {
  /** The viewer id of a subject that the identity provider vouches for; undefined when it has none that may stand in a token. */
  toViewerId(subject: string): ViewerId | undefined;
  /** The viewer id that a client wrote, which is kept unless the mode says otherwise. */
  toClientViewerId(viewerId: ViewerId): ViewerId;
  /** The viewer id that an operator means: one as it stands in a token, or a subject of the identity provider. */
  toRevocable(text: string): Result<ViewerId>;
}

const pseudonymPattern = /^vh_[A-Za-z0-9_-]{36}$/;

/** Binds the rules to the operator's choice. */
export function createViewerIdentity(
  { mode, hashKey }: ViewerIdentityConfig,
  hashing: Pick<Hashing, 'hmacSha256'>,
): ViewerIdentity {
  /** `vh_` and 36 characters of base64url: 216 bits of HMAC-SHA-256, 39 characters altogether. */
  function toPseudonym(subject: string): ViewerId | undefined {
    if (hashKey === undefined) return undefined;
    const hash = hashing.hmacSha256(hashKey, subject);
    return `vh_${base64url.encode(hash.subarray(0, 27))}` as ViewerId;
  }

  return {
    toViewerId(subject) {
      const plain = parseViewerId(subject);
      // A subject in the form of a pseudonym is hashed too: as it stands it could be that of somebody else.
      const mustHash = mode === 'always' || plain === undefined || pseudonymPattern.test(subject);
      return mustHash ? toPseudonym(subject) : plain;
    },
    toClientViewerId(viewerId) {
      if (mode !== 'always' || pseudonymPattern.test(viewerId)) return viewerId;
      return toPseudonym(viewerId) ?? viewerId;
    },
    toRevocable(text) {
      const plain = parseViewerId(text);
      if (plain !== undefined && (mode !== 'always' || pseudonymPattern.test(text))) return succeed(plain);
      const pseudonym = toPseudonym(text);
      if (pseudonym !== undefined) return succeed(pseudonym);
      return failInput([{ path: 'viewerId', message: 'must be a viewer id: 1 to 40 printable ASCII characters' }]);
    },
  };
}
