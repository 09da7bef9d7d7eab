import { Script } from "@ytask-internal/redis-connection";
import { now } from "./parts.js";

/**
 * Renews a lease. Begins with a removal, which a full Redis allows.
 *
 * KEYS leases
 * ARGV consumer, lease (ms)
 * Returns 1; 0 where the lease is lost.
 */
export const renew = new Script(`
${now}
if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return 1`);
