import { Script } from "@ytask-internal/redis-connection";
import { leases, now } from "./parts.js";

/**
 * Looks for consumers whose lease has run out. A consumer whose lease was deleted gets a new one: if it is alive, it
 * keeps using it; if not, it is found when that lease runs out.
 *
 * KEYS leases, consumers
 * ARGV what a consumer's hash is called before the consumer's name
 * Returns Redis' time in ms, and then consumer, end of its lease, consumer, end …
 */
export const expired = new Script(`
${now}${leases}
local leases, consumers = KEYS[1], KEYS[2]
local without = redis.call('ZDIFF', 2, consumers, leases, 'WITHSCORES')
if #without > 0 then redis.call('ZREM', leases, '') end
for i = 1, #without, 2 do
  local name, ms = without[i], without[i + 1]
  -- What is no hash is reported once the lease ran out.
  if redis.pcall('HLEN', ARGV[1] .. name) == 0 then end_lease(leases, consumers, name)
  else give_lease(leases, consumers, name, ms) end
end
local found = redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'WITHSCORES', 'LIMIT', 0, 100)
return { now, unpack(found) }`);
