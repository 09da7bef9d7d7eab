import { type Connection, isCluster } from "@ytask-internal/redis-connection";
import { get } from "./scripts/get.js";

/** The most keys of one call. */
const mostAtOnce = 500;

/** Reads keys: one call for all of them, and in a Cluster one for each. Undefined where there is none. */
export async function read(
  connection: Connection,
  keys: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const values = await connection.use(async (client) => {
    if (isCluster(client)) return Promise.all(keys.map((key) => client.get(key)));
    const pieces: Promise<unknown>[] = [];
    for (let from = 0; from < keys.length; from += mostAtOnce)
      pieces.push(get.run(client, keys.slice(from, from + mostAtOnce), []));
    return (await Promise.all(pieces)).flat() as (string | null)[]; // what the script returns
  });
  return values.map((value) => value ?? undefined);
}
