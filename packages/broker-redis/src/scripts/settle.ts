import { Script } from "@ytask-internal/redis-connection";
import { gather, holdBack, now, redeliveries, toHead } from "./parts.js";

/**
 * Settles deliveries of a consumer. A delivery that is not in its hash was settled by an earlier call, or lost by Redis.
 *
 * KEYS leases, hash of the consumer, queue, arrived, returned, delayed, dead
 * ARGV consumer, number of tokens to acknowledge, number of tokens to release, most dead letters ("" without end);
 *      then those tokens, and those in the order of delivery; then any number of
 *        "d", token, reason, error                        make it a dead letter
 *        "r", token, count, (delay in ms, "t" or "h", body) × count      replace it
 * Returns -1 if the consumer's lease is lost, and then does nothing; otherwise how many dead letters there are if one was
 * added, or 0. If some were not in the hash: that, how many of these were to be acknowledged, and the others' tokens.
 */
export const settle = new Script(`
${now}${gather}${redeliveries}${toHead}${holdBack}
local leases, hash, queue, arrived, returned, delayed, dead =
  KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
if not redis.call('ZSCORE', leases, ARGV[1]) then return -1 end
local acks, releases = tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('HDEL', hash, '')
if #ARGV > 4 + acks then
  redis.call('LLEN', queue)
  redis.call('LLEN', arrived)
  redis.call('LLEN', returned)
  redis.call('ZCARD', delayed)
  redis.call('XLEN', dead)
end
local missing, missing_acks = {}, 0
if acks > 0 then missing_acks = acks - redis.call('HDEL', hash, unpack(ARGV, 5, 4 + acks)) end
local at = 5 + acks
if releases > 0 then
  local tokens, bodies = {}, {}
  for i = at, at + releases - 1 do
    local body = redis.call('HGET', hash, ARGV[i])
    if body then
      tokens[#tokens + 1] = ARGV[i]
      bodies[#bodies + 1] = body
    else
      missing[#missing + 1] = ARGV[i]
    end
  end
  if #tokens > 0 then
    to_head(queue, arrived, returned, tokens, bodies)
    redis.call('HDEL', hash, unpack(tokens))
  end
  at = at + releases
end

local letters = 0
local function dead_letter(token, reason, error)
  local body = redis.call('HGET', hash, token)
  if not body then
    missing[#missing + 1] = token
    return
  end
  local limit = {}
  if ARGV[4] ~= '' then limit = { 'MAXLEN', '=', ARGV[4] } end
  limit[#limit + 1] = '*'
  for _, field in ipairs({ 'body', body, 'reason', reason, 'error', error }) do limit[#limit + 1] = field end
  redis.call('XADD', dead, unpack(limit))
  redis.call('HDEL', hash, token)
  letters = redis.call('XLEN', dead)
end

local replaced = 0
local function replace(token, count, from)
  if redis.call('HEXISTS', hash, token) == 0 then
    missing[#missing + 1] = token
    return
  end
  for _ = 1, count do
    local delay, where, body = ARGV[from], ARGV[from + 1], ARGV[from + 2]
    if tonumber(delay) > 0 then
      hold_back(delayed, delay, where, ARGV[1] .. '.' .. token, replaced, body)
      replaced = replaced + 1
    elseif where == 'h' then
      gather(queue, arrived)
      redis.call('LPUSH', queue, body)
    else
      redis.call('RPUSH', queue, body)
    end
    from = from + 3
  end
  redis.call('HDEL', hash, token)
end

while at <= #ARGV do
  if ARGV[at] == 'd' then
    dead_letter(ARGV[at + 1], ARGV[at + 2], ARGV[at + 3])
    at = at + 4
  else
    local count = tonumber(ARGV[at + 2])
    replace(ARGV[at + 1], count, at + 3)
    at = at + 3 + 3 * count
  end
end
if #missing == 0 and missing_acks == 0 then return letters end
return { letters, missing_acks, unpack(missing) }`);
