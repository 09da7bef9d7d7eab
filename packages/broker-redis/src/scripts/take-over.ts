import { Script } from "@ytask-internal/redis-connection";
import { leases, now } from "./parts.js";

/**
 * Gives a consumer its lease under a new name, with all that it holds under an old one. A call that broke off under the
 * old name and arrives late then finds nothing to change.
 *
 * A server that recovers a consumer's messages removes its hash with its lease. So if there is a hash without a lease,
 * nobody recovered it: the key of the leases was deleted or evicted.
 *
 * KEYS leases, consumers, hash under the new name, then the hash under each old name
 * ARGV lease (ms), new name, then each old name that the consumer may have; at most one has a lease
 * Returns the tokens that it holds; false if there were old names and none has a lease or a hash: then the lease is
 * lost, and everything that it held. The new name gets no lease either in that case: if this answer does not arrive,
 * the next call must find the loss again.
 */
export const takeOver = new Script(`
${now}${leases}
local leases, consumers, hash = KEYS[1], KEYS[2], KEYS[3]
redis.call('ZCARD', leases)
redis.call('ZCARD', consumers)
local kept, held = #ARGV == 2, {}
for i = 3, #ARGV do
  held[i] = redis.call('HLEN', KEYS[i + 1]) > 0
  if held[i] or redis.call('ZSCORE', leases, ARGV[i]) then kept = true end
end
if not kept then return false end
redis.call('ZREM', leases, '')
-- First: should a command below fail, the hash would have no lease that runs out, and nobody would look for it.
give_lease(leases, consumers, ARGV[2], ARGV[1])
for i = 3, #ARGV do
  if held[i] then redis.call('RENAME', KEYS[i + 1], hash) end
  end_lease(leases, consumers, ARGV[i])
end
return redis.call('HKEYS', hash)`);
