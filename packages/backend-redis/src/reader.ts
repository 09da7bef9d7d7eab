import { type Connection, isCluster } from "@ytask-internal/redis-connection";
import type { RedisClient } from "@ytask-internal/redis-connection/options";
import { get } from "./scripts/get.js";

/** The most keys of one call. */
const mostAtOnce = 500;

/** Reads keys: in one call for all of them, or in a Cluster one for each. Undefined for a key that does not exist. */
export async function read(
  connection: Connection,
  keys: readonly string[],
): Promise<readonly (string | undefined)[]> {
  return connection.use(async (client) => {
    if (isCluster(client))
      return (await Promise.all(keys.map((key) => client.get(key)))).map((value) => value ?? undefined);
    const pieces: Promise<(string | undefined)[]>[] = [];
    for (let from = 0; from < keys.length; from += mostAtOnce)
      pieces.push(readPiece(client, keys.slice(from, from + mostAtOnce)));
    return (await Promise.all(pieces)).flat();
  });
}

/** One value for each key. The script returns no values at all if no key exists. */
async function readPiece(client: RedisClient, keys: readonly string[]): Promise<(string | undefined)[]> {
  const values = (await get.run(client, keys, [])) as (string | null)[]; // what the script returns
  return keys.map((_, index) => values[index] ?? undefined);
}
