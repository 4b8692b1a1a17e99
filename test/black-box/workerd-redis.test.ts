/** Playgate on Cloudflare's workerd, with Redis behind the Durable Object and Secrets Manager. */
import { describePlaygate } from './describe-playgate.ts';
import { startWorkerdWithRedis } from './redis-targets.ts';

describePlaygate('workerd with Redis', startWorkerdWithRedis);
