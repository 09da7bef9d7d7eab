import type { Redis } from "ioredis";
import { inWindows } from "../in-windows.js";

/** What the tasks returned whose results the bare contestants stored under these keys; undefined where there is none. */
export async function returnedUnder(redis: Redis, keys: readonly string[]): Promise<readonly unknown[]> {
  const texts = await inWindows(keys, (key) => redis.get(key));
  return texts.map((text) => (text === null ? undefined : JSON.parse(text).returned));
}
