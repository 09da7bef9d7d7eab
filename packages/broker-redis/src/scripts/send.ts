import { Script } from "@ytask-internal/redis-connection";
import { gather, holdBack, now, pushAll } from "./parts.js";

/**
 * Stores messages for one queue, once for a batch token however often it is called.
 *
 * KEYS queue, arrived, delayed, sent
 * ARGV token, how long a token is remembered (ms), number of tokens to forget, of bodies for the tail, of bodies for
 *      the head; then those tokens, those bodies, those bodies; then for each delayed message: delay (ms), where
 *      ("t" tail, "h" head), body
 * Returns 1; 0 where the token was there, so that the messages already are.
 */
export const send = new Script(`
${now}${pushAll}${gather}${holdBack}
local queue, arrived, delayed, sent = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
redis.call('LLEN', queue)
redis.call('LLEN', arrived)
redis.call('ZCARD', delayed)
if redis.call('ZADD', sent, 'NX', now, ARGV[1]) == 0 then return 0 end
local at = 6
local function take(count)
  local list = {}
  for i = 1, count do list[i] = ARGV[at + i - 1] end
  at = at + count
  return list
end
local confirmed = take(tonumber(ARGV[3]))
if #confirmed > 0 then redis.call('ZREM', sent, unpack(confirmed)) end
redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - tonumber(ARGV[2]))
redis.call('PEXPIRE', sent, ARGV[2])
push_all('RPUSH', queue, take(tonumber(ARGV[4])))
local front = take(tonumber(ARGV[5]))
if #front > 0 then
  gather(queue, arrived)
  push_all('LPUSH', queue, front)
end
local number = 0
while at <= #ARGV do
  hold_back(delayed, ARGV[at], ARGV[at + 1], ARGV[1], number, ARGV[at + 2])
  number = number + 1
  at = at + 3
end
return 1`);
