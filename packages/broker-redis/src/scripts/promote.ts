import { Script } from "@ytask-internal/redis-connection";
import { gather, now, pushAll } from "./parts.js";

/** After so many bytes no more is moved: a call should not hold up other clients. */
const mostBytes = 4_000_000;
/** How many messages are moved at once, before it is asked how long they were. */
const step = 50;

/**
 * Moves messages that are due into their queues.
 *
 * KEYS for each queue: delayed, queue, arrived, returned
 * ARGV the most to move, of all queues together
 * Returns for each queue how many were moved, in how many ms the next is due (0 for now, -1 without one), and how many
 * messages wait where no blocking move sees them; or the text of an error, which stops no other queue.
 */
export const promote = new Script(`
${now}${gather}${pushAll}
local left, bytes = tonumber(ARGV[1]), 0
local function move(members, delayed, queue, arrived)
  redis.call('ZREM', delayed, unpack(members))
  local tail, front = {}, {}
  for _, member in ipairs(members) do
    -- What is not one of ours has no colon, maybe; a server will find that it is no message.
    local colon = string.find(member, ':', 1, true) or 0
    local list = colon > 1 and string.sub(member, colon - 1, colon - 1) == 'h' and front or tail
    list[#list + 1] = string.sub(member, colon + 1)
    bytes = bytes + #member
  end
  left = left - #members
  push_all('RPUSH', queue, tail)
  if #front > 0 then
    gather(queue, arrived)
    push_all('LPUSH', queue, front)
  end
end
local function promote(delayed, queue, arrived, returned)
  redis.call('LLEN', queue)
  local hidden = redis.call('LLEN', arrived) + redis.call('LLEN', returned)
  local moved = 0
  while left > 0 and bytes < ${mostBytes} do
    local due = redis.call('ZRANGEBYSCORE', delayed, '-inf', now, 'LIMIT', 0, math.min(left, ${step}))
    if #due == 0 then break end
    move(due, delayed, queue, arrived)
    moved = moved + #due
  end
  local next = redis.call('ZRANGE', delayed, 0, 0, 'WITHSCORES')
  return { moved, next[2] and math.max(0, tonumber(next[2]) - now) or -1, hidden }
end
local replies = {}
for i = 1, #KEYS, 4 do
  local done, reply = pcall(promote, KEYS[i], KEYS[i + 1], KEYS[i + 2], KEYS[i + 3])
  -- Redis 7 throws a table, 6.2 a text.
  replies[#replies + 1] = not done and type(reply) == 'table' and reply.err or reply
end
return replies`);
