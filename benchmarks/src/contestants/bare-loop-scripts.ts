import type { Redis } from "ioredis";

/** KEYS queue, hash of what is out. ARGV limit, number of the first. Returns the bodies. */
const reserve = `
local bodies = redis.call('LPOP', KEYS[1], ARGV[1])
if not bodies then return {} end
local fields = {}
for i, body in ipairs(bodies) do
  fields[2 * i - 1] = ARGV[2] + i - 1
  fields[2 * i] = body
end
redis.call('HSET', KEYS[2], unpack(fields))
return bodies`;

/** KEYS hash of what is out. ARGV their numbers. */
const settle = `return redis.call('HDEL', KEYS[1], unpack(ARGV))`;

/** KEYS of the results. ARGV the results. Each is kept for a day, and announced. */
const store = `
for i, key in ipairs(KEYS) do
  redis.call('SET', key, ARGV[i], 'EX', 86400)
  redis.call('PUBLISH', key, '')
end`;

export interface Hashes {
  readonly reserve: string;
  readonly settle: string;
  readonly store: string;
}

/** Has the server know the scripts. Resolves to what EVALSHA calls them by. */
export async function loadScripts(redis: Redis): Promise<Hashes> {
  const load = async (text: string) => String(await redis.script("LOAD", text));
  return { reserve: await load(reserve), settle: await load(settle), store: await load(store) };
}
