import { Script } from "@ytask-internal/redis-connection";

/**
 * Puts messages back into a consumer's hash, which somebody deleted or Redis evicted.
 *
 * KEYS leases, hash of the consumer
 * ARGV consumer, then token, body, token, body …
 * Returns 1; or -1 if the consumer's lease is lost, and then does nothing.
 */
export const restore = new Script(`
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return -1 end
redis.call('HDEL', KEYS[2], '')
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
return 1`);
