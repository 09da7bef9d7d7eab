import { Script } from "@ytask-internal/redis-connection";
import { countOf, fit } from "./parts.js";

/**
 * Takes messages for a consumer: those that were returned first, then those that a blocking move parked, then the
 * queue's. They stay in the consumer's hash, token to body, until they are settled.
 *
 * KEYS leases, hash of the consumer, returned, arrived, queue
 * ARGV consumer, number of the first token, limit, most bytes (what would exceed them is left, except for the first)
 * Returns false if the consumer has no lease (any more); otherwise the redelivery counts of the messages that were
 * returned, and then the bodies. Tokens are numbered on from the first; ".count" follows if a count is above 0.
 */
export const reserve = new Script(`
${countOf}${fit}
local leases, hash, returned, arrived, queue = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local first, limit, most = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not redis.call('ZSCORE', leases, ARGV[1]) then return false end
redis.call('HDEL', hash, '')
redis.call('LTRIM', returned, 0, -1)
local waiting = { redis.call('LLEN', returned), redis.call('LLEN', arrived), redis.call('LLEN', queue) }
local counts, bodies, fields, bytes = {}, {}, {}, 0
local full = false
-- Returns how many were taken, which are still there.
local function take(key, waiting, keep)
  local taken = 0
  while not full and taken < waiting and #bodies < limit do
    local more = math.min(fit(#bodies, bytes, most), limit - #bodies)
    local entries = redis.call('LRANGE', key, taken, taken + more - 1)
    for _, entry in ipairs(entries) do
      full = #bodies > 0 and bytes + #entry > most
      if full then break end
      keep(entry)
      bytes = bytes + #entry
      taken = taken + 1
    end
  end
  return taken
end
local taken = {}
taken[returned] = take(returned, waiting[1], function(entry)
  local i = #bodies + 1
  local colon = string.find(entry, ':', 1, true)
  local count = colon and count_of(string.sub(entry, 1, colon - 1))
  counts[i] = tostring(count or 0)
  bodies[i] = count and string.sub(entry, colon + 1) or entry
end)
for i, key in ipairs({ arrived, queue }) do
  taken[key] = take(key, waiting[i + 1], function(entry) bodies[#bodies + 1] = entry end)
end
if #bodies == 0 then return { counts } end
for i = 1, #bodies do
  local token = first + i - 1
  if counts[i] and counts[i] ~= '0' then token = token .. '.' .. counts[i] end
  fields[2 * i - 1] = token
  fields[2 * i] = bodies[i]
end
redis.call('HSET', hash, unpack(fields))
for key, count in pairs(taken) do
  if count > 0 then redis.call('LTRIM', key, count, -1) end
end
return { counts, unpack(bodies) }`);
