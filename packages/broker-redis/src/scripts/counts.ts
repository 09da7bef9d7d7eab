import { Script } from "@ytask-internal/redis-connection";

/**
 * Counts the messages of a queue.
 *
 * KEYS queue, arrived, returned, delayed, leases, dead
 * ARGV what a consumer's hash is called before the consumer's name: it has the queue's slot, as its braces say
 * Returns waiting, delayed, running, dead.
 */
export const counts = new Script(`
local waiting = redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('LLEN', KEYS[3])
local running = 0
for _, consumer in ipairs(redis.call('ZRANGE', KEYS[5], 0, -1)) do
  -- What is no hash is reported by who looks for abandoned consumers, and hides no count.
  local held = redis.pcall('HLEN', ARGV[1] .. consumer)
  if type(held) == 'number' then running = running + held end
end
return { waiting, redis.call('ZCARD', KEYS[4]), running, redis.call('XLEN', KEYS[6]) }`);
