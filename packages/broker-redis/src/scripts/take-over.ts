import { Script } from "@ytask-internal/redis-connection";
import { now } from "./parts.js";

/**
 * Gives a consumer its lease under a new name, with all that it holds under an old one. A call that broke off under
 * the old name and arrives late then finds nothing that it could change.
 *
 * Who recovers a consumer's messages removes its hash with its lease. So a hash without a lease was recovered by nobody:
 * the key of the leases was deleted or evicted.
 *
 * KEYS leases, hash under the new name, then the hash under each old name
 * ARGV lease (ms), new name, then each old name that the consumer may have; at most one has a lease
 * Returns the tokens that it holds; false where there were old names and none has a lease or a hash, so that the lease
 * is lost and all that it held with it. The new name has a lease either way.
 */
export const takeOver = new Script(`
${now}
local leases, hash = KEYS[1], KEYS[2]
redis.call('ZCARD', leases)
local kept = #ARGV == 2
redis.call('ZREM', leases, '')
redis.call('ZADD', leases, now + tonumber(ARGV[1]), ARGV[2])
for i = 3, #ARGV do
  local held = redis.call('HLEN', KEYS[i]) > 0
  if held then redis.call('RENAME', KEYS[i], hash) end
  if redis.call('ZREM', leases, ARGV[i]) == 1 or held then kept = true end
end
return kept and redis.call('HKEYS', hash)`);
