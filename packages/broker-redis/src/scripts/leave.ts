import { Script } from "@ytask-internal/redis-connection";
import { gather, inOrder, redeliveries, toHead } from "./parts.js";

/**
 * Ends a consumer: what it holds goes back to the head of the queue, in order, and what a blocking move parked goes
 * back into the queue itself.
 *
 * KEYS leases, hash of the consumer, queue, arrived, returned
 * ARGV consumer
 * Returns how many went back.
 */
export const leave = new Script(`
${gather}${redeliveries}${toHead}${inOrder}
local leases, hash, queue, arrived, returned = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
redis.call('LLEN', queue)
redis.call('LLEN', arrived)
redis.call('LLEN', returned)
if not redis.call('ZSCORE', leases, ARGV[1]) then return 0 end
redis.call('ZREM', leases, '')
local tokens, bodies = in_order(redis.call('HGETALL', hash))
gather(queue, arrived)
if #tokens > 0 then to_head(queue, arrived, returned, tokens, bodies) end
redis.call('ZREM', leases, ARGV[1])
redis.call('UNLINK', hash)
return #tokens`);
