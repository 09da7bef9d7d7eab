import { Script } from "@ytask-internal/redis-connection";
import { gather, holdBack, now, pushAll } from "./parts.js";

/**
 * Stores messages for one queue, once for a batch token however often it is called.
 *
 * KEYS queue, arrived, delayed, sent
 * ARGV token, how long a token is remembered (ms), number of tokens to forget, of bodies for the tail, of bodies for
 *      the head; then those tokens, those bodies, those bodies; then for each delayed message: delay (ms), where
 *      ("t" tail, "h" head), body
 * Old tokens are removed, and the key's life is prolonged, once in that time: at each call, that would be two more
 * commands for Redis and its file.
 * Returns 1; 0 if the token was there, so that the messages already are.
 */
export const send = new Script(`
${now}${pushAll}${gather}${holdBack}
local queue, arrived, delayed, sent = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
redis.call('LLEN', queue)
redis.call('LLEN', arrived)
redis.call('ZCARD', delayed)
-- Shows whether what follows is allowed, and in a full Redis fails here; it changes nothing that counts.
redis.call('ZADD', sent, 'XX', now, ARGV[1])
if redis.call('ZSCORE', sent, ARGV[1]) then return 0 end
local tail_at = 6 + tonumber(ARGV[3])
local front_at = tail_at + tonumber(ARGV[4])
local later_at = front_at + tonumber(ARGV[5])
push_all('RPUSH', queue, ARGV, tail_at, front_at - 1)
if later_at > front_at then
  gather(queue, arrived)
  push_all('LPUSH', queue, ARGV, front_at, later_at - 1)
end
for at = later_at, #ARGV, 3 do
  hold_back(delayed, ARGV[at], ARGV[at + 1], ARGV[1], (at - later_at) / 3, ARGV[at + 2])
end
redis.call('ZADD', sent, now, ARGV[1])
if tail_at > 6 then redis.call('ZREM', sent, unpack(ARGV, 6, tail_at - 1)) end
if redis.call('PTTL', sent) < tonumber(ARGV[2]) then
  redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - tonumber(ARGV[2]))
  redis.call('PEXPIRE', sent, 2 * ARGV[2])
end
return 1`);
