/** The branded strings that travel through the house, and their only parsers. */
import countryCodes from 'countries-list/minimal/countries.2to3.min.json' with { type: 'json' };
import { z } from 'zod';

/** `arn:aws:ivs:<region>:<account>:channel/<id>`, at most 128 characters (IVS API reference, ChannelArn). Its region is a `Region`. */
export const channelArnSchema = z
  .string()
  .max(128)
  .regex(
    /^arn:aws:ivs:(?=.{1,32}:\d)[a-z]{2}(-[a-z]+)+-\d{1,2}:\d+:channel\/[a-zA-Z0-9-]+$/,
    'must be the ARN of an IVS channel',
  )
  .brand<'ChannelArn'>();
export type ChannelArn = z.infer<typeof channelArnSchema>;

/** `arn:aws:ivs:<region>:<account>:playback-restriction-policy/<id>` (IVS API reference, PlaybackRestrictionPolicyArn). */
export const restrictionPolicyArnSchema = z
  .string()
  .max(128)
  .regex(
    /^arn:aws:ivs:(?=.{1,32}:\d)[a-z]{2}(-[a-z]+)+-\d{1,2}:\d+:playback-restriction-policy\/[a-zA-Z0-9-]+$/,
    'must be the ARN of a playback restriction policy of IVS',
  )
  .brand<'RestrictionPolicyArn'>();
export type RestrictionPolicyArn = z.infer<typeof restrictionPolicyArnSchema>;

/** Whatever of IVS lies in a region of an account. */
export type IvsArn = ChannelArn | RestrictionPolicyArn;

/** An AWS region's name, such as `eu-west-1`. */
export const regionSchema = z
  .string()
  .max(32)
  .regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'must be the name of an AWS region')
  .brand<'Region'>();
export type Region = z.infer<typeof regionSchema>;

/** The id of an AWS account: 12 digits. */
export const accountIdSchema = z
  .string()
  .regex(/^\d{12}$/, 'must be the id of an AWS account, 12 digits')
  .brand<'AccountId'>();
export type AccountId = z.infer<typeof accountIdSchema>;

/** Where key pairs live: a region of the account that the service has its credentials of, `us-west-2`, or of another, `us-west-2/123456789012`. */
export type KeyPlace = Region | (string & z.core.$brand<'KeyPlace'>);

/** The place of a region in an account; null is the service's own. */
export function toKeyPlace(region: Region, account: AccountId | null = null): KeyPlace {
  return account === null ? region : (`${region}/${account}` as KeyPlace);
}

/** The region and the account of a place. */
export function splitKeyPlace(place: KeyPlace): { readonly region: Region; readonly account: AccountId | null } {
  const [region, account = null] = place.split('/');
  return { region: region as Region, account: account as AccountId | null };
}

/** Longest viewer id that IVS takes, in characters (AWS user guide, private-channels-generate-tokens). */
export const viewerIdMaxLength = 40;

/** What a person might be found by must not go into a token, so an e-mail address is no viewer id. */
export function looksLikeEmailAddress(text: string): boolean {
  return /^[^@\s]+@[^@\s]+$/.test(text);
}

/**
 * Who watches: 1 to 40 printable ASCII characters without space, `"` and `\`, and no e-mail address.
 * One byte a character and none that JSON escapes, so that the size of a token is known beforehand.
 */
export const viewerIdSchema = z
  .string()
  .min(1)
  .max(viewerIdMaxLength)
  .regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'must be printable ASCII without spaces, quotes or backslashes')
  .refine((id) => !looksLikeEmailAddress(id), 'must not be an e-mail address: viewer ids carry no personal data')
  .brand<'ViewerId'>();
export type ViewerId = z.infer<typeof viewerIdSchema>;

/** A web origin as browsers send it in `Origin`: scheme, host and port, nothing behind; at most 128 characters. */
export const originSchema = z
  .string()
  .max(128)
  .refine(isOrigin, 'must be an origin such as https://tv.example, without a path')
  .brand<'Origin'>();
export type Origin = z.infer<typeof originSchema>;

/** An origin of a policy; its hostname may begin with `*.` (AWS user guide, private-channels-generate-tokens). */
export const originPatternSchema = z
  .string()
  .max(128)
  .refine(
    (text) => isOrigin(text.replace('://*.', '://')),
    'must be an origin such as https://tv.example or https://*.tv.example, without a path',
  )
  .brand<'OriginPattern'>();
export type OriginPattern = z.infer<typeof originPatternSchema>;

/** An ISO 3166-1 alpha-2 country code in upper case. */
export const countryCodeSchema = z
  .string()
  .refine((code) => Object.hasOwn(countryCodes, code), 'must be an ISO 3166-1 alpha-2 country code in upper case')
  .brand<'CountryCode'>();
export type CountryCode = z.infer<typeof countryCodeSchema>;

/** The id that an operator gives a policy: 1 to 64 letters, digits, `.`, `_` and `-`, the first a letter or digit. `import` is a path of its own. */
export const policyIdSchema = z
  .string()
  .regex(
    /^(?!import$)[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$/,
    'must be 1 to 64 letters, digits, ".", "_" or "-", and not "import"',
  )
  .brand<'PolicyId'>();
export type PolicyId = z.infer<typeof policyIdSchema>;

/** The id of a key pair that was made here. It sorts by the time of its making. */
export const keyPairIdSchema = z
  .string()
  .regex(/^key_[0-9a-f]{24}$/, 'must be the id of a key pair')
  .brand<'KeyPairId'>();
export type KeyPairId = z.infer<typeof keyPairIdSchema>;

/** The id of an API client that was made here. */
export const clientIdSchema = z
  .string()
  .regex(/^client_[0-9a-f]{20}$/, 'must be the id of an API client')
  .brand<'ClientId'>();
export type ClientId = z.infer<typeof clientIdSchema>;

/** The id of a revocation that was made here. It sorts by the time of its making. */
export const revocationIdSchema = z
  .string()
  .regex(/^rev_[0-9a-f]{24}$/, 'must be the id of a revocation')
  .brand<'RevocationId'>();
export type RevocationId = z.infer<typeof revocationIdSchema>;

/** The channel's ARN, or undefined when the text is none. */
export function parseChannelArn(text: string): ChannelArn | undefined {
  return channelArnSchema.safeParse(text).data;
}

/** The id, or undefined when it is of no client that was ever made here. */
export function parseClientId(text: string): ClientId | undefined {
  return clientIdSchema.safeParse(text).data;
}

/** The viewer id, or undefined when IVS or this house would not take the text as one. */
export function parseViewerId(text: string): ViewerId | undefined {
  return viewerIdSchema.safeParse(text).data;
}

/** The origin, or undefined when the text is none. */
export function parseOrigin(text: string): Origin | undefined {
  return originSchema.safeParse(text).data;
}

/** The country, or undefined for anything that is no country's code (`XX` and `T1` of a CDN among them). */
export function parseCountryCode(text: string): CountryCode | undefined {
  return countryCodeSchema.safeParse(text).data;
}

/** The region in which the channel lives: the fourth field of its ARN. */
export function toRegion(channelArn: IvsArn): Region {
  return channelArn.split(':')[3] as Region;
}

/** The account to which the channel belongs: the fifth field of its ARN. */
export function toAccount(channelArn: IvsArn): AccountId {
  return channelArn.split(':')[4] as AccountId;
}

function isOrigin(text: string): boolean {
  // The URL parser lets `,` and `*` stand in a hostname; in the token's list of origins both have a meaning.
  return /^https?:\/\/[a-z0-9._\-[\]:]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
