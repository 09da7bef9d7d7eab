import { Script } from "@ytask-internal/redis-connection";

/**
 * Reads values. Unlike MGET it tells a key of another type from one that is not there.
 *
 * KEYS the keys
 * Returns the value of each, or nil.
 */
export const get = new Script(`
local values = {}
for i, key in ipairs(KEYS) do values[i] = redis.call('GET', key) end
return values`);
