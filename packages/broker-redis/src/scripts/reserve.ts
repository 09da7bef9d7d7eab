import { Script } from "@ytask-internal/redis-connection";
import { countOf, fit, mostBytes } from "./parts.js";

/**
 * Takes messages for a consumer: those that were returned first, then those that a blocking move parked, then the
 * queue's. They stay in the consumer's hash, token to body, until they are settled.
 *
 * KEYS leases, hash of the consumer, returned, arrived, queue
 * ARGV consumer, number of the first token, limit
 * Returns false where the consumer has no lease (any more); else the counts of redeliveries of those that were
 * returned, and then the bodies. Tokens are numbered on from the first; ".count" follows where a count is above 0.
 */
export const reserve = new Script(`
${countOf}${fit}
local leases, hash, returned, arrived, queue = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local first, limit = tonumber(ARGV[2]), tonumber(ARGV[3])
if not redis.call('ZSCORE', leases, ARGV[1]) then return false end
redis.call('HLEN', hash)
local waiting = { redis.call('LLEN', returned), redis.call('LLEN', arrived), redis.call('LLEN', queue) }
local counts, bodies, fields, bytes = {}, {}, {}, 0
local function take(key, left, keep)
  while left > 0 and #bodies < limit and bytes < ${mostBytes} do
    local taken = redis.call('LPOP', key, math.min(fit(#bodies, bytes), limit - #bodies))
    for _, entry in ipairs(taken) do
      keep(entry)
      bytes = bytes + #entry
    end
    left = left - #taken
  end
end
take(returned, waiting[1], function(entry)
  local i = #bodies + 1
  local colon = string.find(entry, ':', 1, true)
  local count = colon and count_of(string.sub(entry, 1, colon - 1))
  counts[i] = tostring(count or 0)
  bodies[i] = count and string.sub(entry, colon + 1) or entry
end)
for i, key in ipairs({ arrived, queue }) do
  take(key, waiting[i + 1], function(entry) bodies[#bodies + 1] = entry end)
end
if #bodies == 0 then return { counts } end
for i = 1, #bodies do
  local token = first + i - 1
  if counts[i] and counts[i] ~= '0' then token = token .. '.' .. counts[i] end
  fields[2 * i - 1] = token
  fields[2 * i] = bodies[i]
end
redis.call('HSET', hash, unpack(fields))
return { counts, unpack(bodies) }`);
