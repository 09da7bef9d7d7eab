import { Script } from "@ytask-internal/redis-connection";
import { leases, now } from "./parts.js";

/**
 * Renews a lease.
 *
 * KEYS leases, consumers
 * ARGV consumer, lease (ms)
 * Returns 1; 0 if the lease is lost.
 */
export const renew = new Script(`
${now}${leases}
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZREM', KEYS[1], '')
give_lease(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
return 1`);
