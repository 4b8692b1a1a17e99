/** Where a laptop run keeps its files, relative to the working directory; git ignores all of it. */
import { join } from 'node:path';

/** The folder of everything. */
export const laptopDirectory = '.playgate';

/** The file that holds the admin key. */
export const adminKeyFile = join(laptopDirectory, 'admin-key');

/** Where the service listens just now, for `playgate` in the same folder. */
export const serviceUrlFile = join(laptopDirectory, 'service-url');

/** Where the first of the printed commands leaves its answer for the second. */
export const answerFile = join(laptopDirectory, 'answer.json');

/** The store, where `REDIS_URL` and `DATABASE_FILE` name no other. */
export const databaseFile = join(laptopDirectory, 'playgate.db');

/** The state of the local IVS, where `LOCAL_IVS_DATA` names no other file. */
export const localIvsFile = join(laptopDirectory, 'local-ivs.db');

/** The folder of the private keys, where `SECRETS_MANAGER_REGION` and `KEYS_DIRECTORY` name no other place. */
export const keysDirectory = join(laptopDirectory, 'keys');

/** The same in a checkout, which has a folder for them. */
export const checkoutKeysDirectory = 'keys';
