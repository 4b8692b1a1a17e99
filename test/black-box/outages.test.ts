/** Outages, on both runtimes that keep their state in Redis. */
import { describeOutages } from './describe-outages.ts';
import { startNodeWithRedis, startWorkerdWithRedis } from './redis-targets.ts';

describeOutages('Node', startNodeWithRedis);
describeOutages('workerd', startWorkerdWithRedis);
