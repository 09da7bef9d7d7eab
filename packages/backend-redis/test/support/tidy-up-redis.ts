import { Redis } from "ioredis";

/** Deletes the keys that tests used. */
export async function tidyUpRedis(url: string, keys: readonly string[]): Promise<void> {
  const redis = new Redis(url);
  for (const key of keys) await redis.del(key);
  await redis.quit();
}
