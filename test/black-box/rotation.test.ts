/** Rotations, on both runtimes that keep their state in Redis. */
import { describeRotation } from './describe-rotation.ts';
import { startNodeWithRedis, startWorkerdWithRedis } from './redis-targets.ts';

describeRotation('Node', startNodeWithRedis);
describeRotation('workerd', startWorkerdWithRedis);
