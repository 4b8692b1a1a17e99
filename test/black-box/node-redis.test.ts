/** Playgate on Node, with Redis and Secrets Manager. */
import { describePlaygate } from './describe-playgate.ts';
import { startNodeWithRedis } from './redis-targets.ts';

describePlaygate('Node with Redis', startNodeWithRedis);
