/** How the Amazon Resource Names of IVS are made and taken apart. */

/** The kinds of resource that IVS names, as they stand in an ARN. */
export const resourceKinds = [
  'channel',
  'stream-key',
  'playback-key',
  'playback-restriction-policy',
  'recording-configuration',
  'ad-configuration',
] as const;
/** One of the kinds. */
export type ResourceKind = (typeof resourceKinds)[number];

/** An account in a region: what every resource and every quota belongs to. */
export interface Scope {
  readonly accountId: string;
  readonly region: string;
}

/** An ARN up to and with the slash before its id, such as `arn:aws:ivs:us-west-2:123456789012:channel/`. */
export function toArnPrefix(kind: ResourceKind, { region, accountId }: Scope): string {
  return `arn:aws:ivs:${region}:${accountId}:${kind}/`;
}

/** The ARN without its id. */
export function toPrefixOf(arn: string): string {
  return arn.slice(0, arn.lastIndexOf('/') + 1);
}

/** What stands after the last slash of an ARN. */
export function toResourceId(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

const arnForm = /^arn:aws:ivs:([a-z0-9-]+):([0-9]+):([a-z-]+)\/([a-zA-Z0-9-]+)$/;

/** The parts of an IVS ARN, or undefined when it is none. */
export function parseArn(text: string): (Scope & { readonly kind: string; readonly id: string }) | undefined {
  const [, region, accountId, kind, id] = arnForm.exec(text) ?? [];
  return region && accountId && kind && id ? { region, accountId, kind, id } : undefined;
}
