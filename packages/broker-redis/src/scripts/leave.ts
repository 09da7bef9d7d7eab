import { Script } from "@ytask-internal/redis-connection";
import { gather, leases, now, piece, pushAll, redeliveries, toHead } from "./parts.js";

/**
 * Ends a consumer: what it holds goes back to the head of the queue, in order, and what a blocking move parked goes
 * back into the queue itself. If there is a lot, one call moves only a part, the last first. The first call ends the
 * consumer's own name, so that nothing can be settled that has already gone back.
 *
 * KEYS leases, hash of the consumer, consumers, hash under the name for leaving, queue, arrived, returned
 * ARGV consumer, its name for leaving, its lease (ms)
 * Returns how many are left; call it again if there are any.
 */
export const leave = new Script(`
${now}${leases}${gather}${redeliveries}${toHead}${piece}${pushAll}
local leases, hash, consumers, own, queue, arrived, returned =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local consumer, leaving = ARGV[1], ARGV[2]
redis.call('LLEN', queue)
redis.call('LLEN', arrived)
redis.call('LLEN', returned)
local held = redis.call('HLEN', hash)
if not redis.call('ZSCORE', leases, leaving) then
  if not redis.call('ZSCORE', leases, consumer) then return 0 end
  redis.call('ZREM', leases, '')
  give_lease(leases, consumers, leaving, ARGV[3])
  if held > 0 then redis.call('RENAME', hash, own) end
  end_lease(leases, consumers, consumer)
  held = 0
end
-- Under that name there is nothing left. Under the new one a token may be anything.
redis.call('HDEL', hash, '')
local tokens, bodies, left = piece(own, 'last')
gather(queue, arrived)
if #tokens > 0 then
  to_head(queue, arrived, returned, tokens, bodies)
  push_all('HDEL', own, tokens)
end
if left == 0 then
  end_lease(leases, consumers, leaving)
  if held == 0 then end_lease(leases, consumers, consumer) end
end
return left`);
