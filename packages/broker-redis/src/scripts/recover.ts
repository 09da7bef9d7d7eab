import { Script } from "@ytask-internal/redis-connection";
import { leases, now, piece, pushAll, redeliveries } from "./parts.js";

/**
 * Returns what an abandoned consumer held, each message with one more redelivery; if there is a lot, as much as one
 * call should move. The first call gives it to a name of the caller's, so that the consumer finds its lease lost if it
 * comes back. Further calls follow until nothing is left. If they do not, that name's lease runs out like any other.
 *
 * KEYS leases, consumers, hash of the consumer, hash of the caller, returned
 * ARGV consumer, the end of its lease as it was seen, or "" if the caller has taken over, caller, its lease (ms)
 * Returns how many were returned, and how many are left; false if the lease was renewed or is gone.
 */
export const recover = new Script(`
${now}${leases}${redeliveries}${piece}${pushAll}
local leases, consumers, hash, own, returned = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local consumer, seen, caller = ARGV[1], ARGV[2], ARGV[3]
local ends = redis.call('ZSCORE', leases, seen == '' and caller or consumer)
if not ends or seen ~= '' and (ends ~= seen or tonumber(ends) > now) then return false end
redis.call('LLEN', returned)
local held = redis.call('HLEN', hash)
redis.call('ZREM', leases, '')
give_lease(leases, consumers, caller, ARGV[4])
if seen ~= '' then
  if held > 0 then redis.call('RENAME', hash, own) end
  end_lease(leases, consumers, consumer)
end
-- Under that name there is nothing left. Under the new one a token may be anything.
redis.call('HDEL', hash, '')
local tokens, bodies, left = piece(own, 'first')
local entries = {}
for i, token in ipairs(tokens) do
  entries[i] = (redeliveries(token) + 1) .. ':' .. bodies[i]
end
push_all('RPUSH', returned, entries)
push_all('HDEL', own, tokens)
if left == 0 then end_lease(leases, consumers, caller) end
return { #tokens, left }`);
