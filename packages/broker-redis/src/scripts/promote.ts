import { Script } from "@ytask-internal/redis-connection";
import { gather, now, pushAll } from "./parts.js";

/**
 * Moves messages that are due into the queue.
 *
 * KEYS delayed, queue, arrived, returned
 * ARGV the most to move
 * Returns how many were moved, in how many ms the next is due (-1 without one), and how many messages wait where no
 * blocking move sees them.
 */
export const promote = new Script(`
${now}${gather}${pushAll}
local delayed, queue, arrived, returned = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
redis.call('LLEN', queue)
local hidden = redis.call('LLEN', arrived) + redis.call('LLEN', returned)
local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, ARGV[1])
if #due > 0 then
  redis.call('ZREM', delayed, unpack(due))
  local tail, front = {}, {}
  for _, member in ipairs(due) do
    -- What is not one of ours has no colon, maybe; a server will find that it is no message.
    local colon = string.find(member, ':', 1, true) or 0
    local list = colon > 1 and string.sub(member, colon - 1, colon - 1) == 'h' and front or tail
    list[#list + 1] = string.sub(member, colon + 1)
  end
  push_all('RPUSH', queue, tail)
  if #front > 0 then
    gather(queue, arrived)
    push_all('LPUSH', queue, front)
  end
end
local next = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
return { #due, next[2] and math.max(0, tonumber(next[2]) - now) or -1, hidden }`);
