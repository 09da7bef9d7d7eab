import { Script } from "@ytask-internal/redis-connection";

/**
 * Deletes all dead letters.
 *
 * KEYS dead
 * Returns how many there were.
 */
export const purge = new Script(`
local count = redis.call('XLEN', KEYS[1])
redis.call('UNLINK', KEYS[1])
return count`);
