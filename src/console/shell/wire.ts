/** The records of the API that pages name often. */
import type { components } from '../../api-client/openapi.ts';

/** All of them, by their names in the API's description. */
export type Wire = components['schemas'];
