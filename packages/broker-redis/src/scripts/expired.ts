import { Script } from "@ytask-internal/redis-connection";
import { now } from "./parts.js";

/**
 * Looks for consumers whose lease ran out.
 *
 * KEYS leases
 * Returns consumer, end of its lease, consumer, end …
 */
export const expired = new Script(`
${now}
return redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, 100)`);
