import { Script } from "@ytask-internal/redis-connection";

/**
 * Puts dead letters back into their queue.
 *
 * KEYS dead, queue
 * ARGV id, "=" and the new body, or "" for the body as it was; id …
 * Returns how many were put back; letters that are gone are passed over.
 */
export const redrive = new Script(`
local dead, queue = KEYS[1], KEYS[2]
redis.call('LLEN', queue)
local count = 0
for i = 1, #ARGV, 2 do
  local letter = redis.call('XRANGE', dead, ARGV[i], ARGV[i])[1]
  if letter then
    local body = string.sub(ARGV[i + 1], 2)
    if ARGV[i + 1] == '' then body = letter[2][2] end
    redis.call('XDEL', dead, ARGV[i])
    redis.call('RPUSH', queue, body)
    count = count + 1
  end
end
return count`);
