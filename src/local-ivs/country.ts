/** Countries as IVS takes them. */
import countryCodes from 'countries-list/minimal/countries.2to3.min.json' with { type: 'json' };

/** Kosovo's by custom and Tristan da Cunha's by reservation: in use, and not assigned. */
const notAssigned = ['XK', 'TA'];

/** Whether a text is an officially assigned code of ISO 3166-1 alpha-2, in capital letters; `ZZ` and `EU` are none. */
export function isCountry(code: string): boolean {
  return Object.hasOwn(countryCodes, code) && !notAssigned.includes(code);
}
