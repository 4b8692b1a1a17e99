/** What an operator says of key pairs: of one that is to be made or adopted, and of a rotation. */
import { z } from 'zod';
import { type AccountId, type KeyPlace, type Region, toKeyPlace } from '../ids.ts';
import { keyPairFields, placeFields } from './record.ts';

/** Where: a region, of another account than the service's own when one is named. */
const place = { region: placeFields.region, account: placeFields.account.unwrap().optional() };

/** With the place in place of the two that say it. */
function toPlaced<Asked extends { readonly region: Region; readonly account?: AccountId | undefined }>({
  region,
  account,
  ...rest
}: Asked) {
  return { ...rest, place: toKeyPlace(region, account) };
}

const name = keyPairFields.name.optional();

/** The body of `POST /v1/admin/keys`. A pair without a name is called by its id. */
export const keyPairRequestSchema = z.strictObject({ ...place, name }).transform(toPlaced);
export type KeyPairRequest = z.output<typeof keyPairRequestSchema>;

/** The body of `POST /v1/admin/keys/adopt`. A private key on P-384 is some 300 characters as PEM. */
export const adoptionRequestSchema = z
  .strictObject({ ...place, name, privateKey: z.string().min(1).max(8192) })
  .transform(toPlaced);
export type AdoptionRequest = z.output<typeof adoptionRequestSchema>;

/** The body of `POST /v1/admin/keys/rotate`. */
export const rotationRequestSchema = z
  .strictObject({ ...place, emergency: z.boolean().default(false), dryRun: z.boolean().default(false) })
  .transform(toPlaced);

/** The body of what is done with the rotation that is under way at a place. */
export const rotationActionSchema = z.strictObject(place).transform(toPlaced);

/** Of what is compared and repaired: the places of a region, or of all. */
export const reconcileFields = {
  region: place.region.optional().describe('The one region; all where it is absent.'),
  account: place.account.describe("The account in which that is; the service's own where it is absent."),
};

/** The body of `POST /v1/admin/keys/reconcile`. */
export const reconcileRequestSchema = z.strictObject(reconcileFields);

/** The one place, undefined for all. An account says nothing without a region. */
export function toReconciled({ region, account }: z.output<typeof reconcileRequestSchema>): KeyPlace | undefined {
  return region === undefined ? undefined : toKeyPlace(region, account);
}
