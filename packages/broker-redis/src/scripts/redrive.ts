import { Script } from "@ytask-internal/redis-connection";
import { mostBytes } from "./parts.js";

/**
 * Puts dead letters back into their queue, up to the first with which it becomes too much for one call.
 *
 * KEYS dead, queue
 * ARGV id, "=" and the new body, or "" for the body as it was; id …
 * Returns how many of these ids it is done with, and how many letters were put back; ids that are gone are skipped.
 */
export const redrive = new Script(`
local dead, queue = KEYS[1], KEYS[2]
redis.call('LLEN', queue)
redis.call('XDEL', dead, '0-0')
local passed, count, bytes = 0, 0, 0
for i = 1, #ARGV, 2 do
  if bytes >= ${mostBytes} then break end
  local letter = redis.call('XRANGE', dead, ARGV[i], ARGV[i])[1]
  if letter then
    local body = string.sub(ARGV[i + 1], 2)
    if ARGV[i + 1] == '' then body = letter[2][2] end
    redis.call('RPUSH', queue, body)
    redis.call('XDEL', dead, ARGV[i])
    count = count + 1
    bytes = bytes + #body
  end
  passed = passed + 1
end
return { passed, count }`);
