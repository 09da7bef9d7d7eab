import { Script } from "@ytask-internal/redis-connection";
import { fit, gather, mostBytes, now, pushAll } from "./parts.js";

/**
 * Moves messages that are due into their queues.
 *
 * KEYS for each queue: delayed, queue, arrived, returned
 * ARGV the most to move, for all queues together; how far ahead to report the next (ms)
 * Returns for each queue how many were moved, in how many ms the next is due (0 for now, -1 for none by then), and how
 * many messages wait where no blocking move sees them; or the text of an error, which does not stop the other queues.
 */
export const promote = new Script(`
${now}${gather}${pushAll}${fit}
local left, count, bytes = tonumber(ARGV[1]), 0, 0
local function move(due, delayed, queue, arrived)
  local tail, front = { members = {} }, { members = {} }
  for _, member in ipairs(due) do
    -- What is not one of ours has no colon, maybe; a server will find that it is no message.
    local colon = string.find(member, ':', 1, true) or 0
    local list = colon > 1 and string.sub(member, colon - 1, colon - 1) == 'h' and front or tail
    list[#list + 1] = string.sub(member, colon + 1)
    list.members[#list] = member
    bytes = bytes + #member
  end
  left = left - #due
  count = count + #due
  if #tail > 0 then
    push_all('RPUSH', queue, tail)
    redis.call('ZREM', delayed, unpack(tail.members))
  end
  if #front > 0 then
    gather(queue, arrived)
    push_all('LPUSH', queue, front)
    redis.call('ZREM', delayed, unpack(front.members))
  end
end
-- In how many ms the next is due.
local function next_due(delayed)
  local next = redis.call('ZRANGEBYSCORE', delayed, '-inf', now + ARGV[2], 'WITHSCORES', 'LIMIT', 0, 1)
  return next[2] and math.max(0, tonumber(next[2]) - now) or -1
end
local function promote(delayed, queue, arrived, returned)
  local hidden = redis.call('LLEN', arrived) + redis.call('LLEN', returned)
  local next, moved = next_due(delayed), 0
  if next == 0 then
    -- A key of another type is found before anything is taken.
    redis.call('LLEN', queue)
    redis.call('ZREM', delayed, 'what no script puts there')
    while left > 0 and bytes < ${mostBytes} do
      local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, math.min(fit(count, bytes, ${mostBytes}), left))
      if #due == 0 then break end
      move(due, delayed, queue, arrived)
      moved = moved + #due
    end
    next = next_due(delayed)
  end
  return { moved, next, hidden }
end
local replies = {}
for i = 1, #KEYS, 4 do
  local done, reply = pcall(promote, KEYS[i], KEYS[i + 1], KEYS[i + 2], KEYS[i + 3])
  -- What is thrown is a text, or in some versions a table.
  replies[#replies + 1] = not done and type(reply) == 'table' and reply.err or reply
end
return replies`);
