import { Script } from "@ytask-internal/redis-connection";
import { inOrder, now, pushAll, redeliveries } from "./parts.js";

/**
 * Returns what an abandoned consumer held, each with one redelivery more.
 *
 * KEYS leases, hash of the consumer, returned
 * ARGV consumer, the end of its lease as it was seen
 * Returns how many were returned; -1 where the lease was renewed or is gone.
 */
export const recover = new Script(`
${now}${redeliveries}${inOrder}${pushAll}
local leases, hash, returned = KEYS[1], KEYS[2], KEYS[3]
local ends = redis.call('ZSCORE', leases, ARGV[1])
if ends ~= ARGV[2] or tonumber(ends) > now then return -1 end
redis.call('LLEN', returned)
redis.call('ZREM', leases, '')
local tokens, bodies = in_order(redis.call('HGETALL', hash))
local entries = {}
for i, token in ipairs(tokens) do
  entries[i] = (redeliveries(token) + 1) .. ':' .. bodies[i]
end
push_all('RPUSH', returned, entries)
redis.call('ZREM', leases, ARGV[1])
redis.call('UNLINK', hash)
return #entries`);
