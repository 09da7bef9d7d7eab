import { Script } from "@ytask-internal/redis-connection";
import { readAll } from "./read-all.js";

/**
 * Reads values.
 *
 * KEYS the keys
 * Returns the value of each, or nil; nothing if none exists. An error if a key is of another type.
 */
export const get = new Script(`
${readAll}
local values, is_complete = read_all()
if is_complete then return values end
for i, key in ipairs(KEYS) do values[i] = redis.call('GET', key) end
return values`);
