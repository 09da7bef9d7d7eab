import { Script } from "@ytask-internal/redis-connection";

/**
 * Reads messages that a consumer holds: the first, and those after it that fit.
 *
 * KEYS hash of the consumer
 * ARGV most bytes, then tokens
 * Returns the bodies of the first tokens; false for one that is not there.
 */
export const read = new Script(`
local bodies, bytes = {}, 0
for i = 2, #ARGV do
  bytes = bytes + redis.call('HSTRLEN', KEYS[1], ARGV[i])
  if i > 2 and bytes > tonumber(ARGV[1]) then break end
  bodies[i - 1] = redis.call('HGET', KEYS[1], ARGV[i])
end
return bodies`);
