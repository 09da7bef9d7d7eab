import { Script } from "@ytask-internal/redis-connection";
import { mostBytes } from "./parts.js";

/**
 * Reads dead letters, up to the first with which the answer would become too long.
 *
 * KEYS dead
 * ARGV the most letters, first id, last id; first id, last id …
 * Returns how many of these ranges were read to their end, and the letters as XRANGE gives them.
 */
export const letters = new Script(`
local dead, limit = KEYS[1], tonumber(ARGV[1])
local letters, bytes, passed = {}, 0, 0
for i = 2, #ARGV, 2 do
  local from, letter = ARGV[i]
  repeat
    if #letters == limit or bytes >= ${mostBytes} then return { passed, letters } end
    letter = redis.call('XRANGE', dead, from, ARGV[i + 1], 'COUNT', 1)[1]
    if letter then
      letters[#letters + 1] = letter
      for _, text in ipairs(letter[2]) do bytes = bytes + #text end
      from = '(' .. letter[1]
    end
  until not letter or letter[1] == ARGV[i + 1]
  passed = passed + 1
end
return { passed, letters }`);
