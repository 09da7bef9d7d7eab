import { Script } from "@ytask-internal/redis-connection";
import { now } from "./parts.js";

/**
 * Renews a lease.
 *
 * KEYS leases
 * ARGV consumer, lease (ms)
 * Returns 1; 0 where the lease is lost.
 */
export const renew = new Script(`
${now}
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZREM', KEYS[1], '')
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
return 1`);
