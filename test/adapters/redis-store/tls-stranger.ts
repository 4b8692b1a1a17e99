/** A process that trusts no certificate of the tests: prints what becomes of a question to the Redis that it is given as JSON. */
import { createRedisConnection } from '../../../src/adapters/redis-store/connection.ts';
import { createPlainScripts } from '../../support/plain-scripts.ts';
import { createRecordingLog } from '../../support/recording-log.ts';
import { toOutcome } from '../../support/refusals.ts';

const served = JSON.parse(process.argv[2] ?? '');
const options = { scripts: createPlainScripts(), timeoutMs: 2000, log: createRecordingLog() };
const connection = createRedisConnection({ ...served, ...options });
console.log(await toOutcome(connection.run((client) => client.get('a'))));
await connection.close();
