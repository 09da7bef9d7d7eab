import { Redis } from "ioredis";

/** Deletes queues and all that the broker keeps beside them. */
export async function tidyUpRedis(url: string, queues: readonly string[]): Promise<void> {
  const redis = new Redis(url);
  for (const queue of queues)
    await redis.del(queue, ...(await redis.keys(`{${queue.replace(/[[\]*?\\^]/g, "\\$&")}}:ts1:*`)));
  await redis.quit();
}
