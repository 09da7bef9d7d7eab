import { Script } from "@ytask-internal/redis-connection";
import { now } from "./parts.js";

/**
 * Looks for consumers whose lease ran out.
 *
 * KEYS leases
 * Returns Redis' time in ms, and then consumer, end of its lease, consumer, end …
 */
export const expired = new Script(`
${now}
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, 100)
return { now, unpack(found) }`);
