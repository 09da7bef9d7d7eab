import { Script } from "@ytask-internal/redis-connection";
import { leases, now } from "./parts.js";

/**
 * Gives a consumer its lease under a new name, with all that it holds under an old one. A call that broke off under
 * the old name and arrives late then finds nothing that it could change.
 *
 * Who recovers a consumer's messages removes its hash with its lease. So a hash without a lease was recovered by nobody:
 * the key of the leases was deleted or evicted.
 *
 * KEYS leases, consumers, hash under the new name, then the hash under each old name
 * ARGV lease (ms), new name, then each old name that the consumer may have; at most one has a lease
 * Returns the tokens that it holds; false where there were old names and none has a lease or a hash, so that the lease
 * is lost and all that it held with it. Then the new name has none either: should this answer not come through, the next
 * call must find the loss again.
 */
export const takeOver = new Script(`
${now}${leases}
local leases, consumers, hash = KEYS[1], KEYS[2], KEYS[3]
redis.call('ZCARD', leases)
redis.call('ZCARD', consumers)
local kept = #ARGV == 2
redis.call('ZREM', leases, '')
for i = 3, #ARGV do
  local held = redis.call('HLEN', KEYS[i + 1]) > 0
  if held then redis.call('RENAME', KEYS[i + 1], hash) end
  if end_lease(leases, consumers, ARGV[i]) or held then kept = true end
end
if not kept then return false end
give_lease(leases, consumers, ARGV[2], ARGV[1])
return redis.call('HKEYS', hash)`);
