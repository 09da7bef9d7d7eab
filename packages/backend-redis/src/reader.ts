import { type Connection, isCluster } from "@ytask-internal/redis-connection";
import type { RedisClient } from "@ytask-internal/redis-connection/options";
import { get } from "./scripts/get.js";

/** The most keys of one call. */
const mostAtOnce = 500;

/** Reads keys: one call for all of them, and in a Cluster one for each. Undefined where there is none. */
export async function read(
  connection: Connection,
  keys: readonly string[],
): Promise<readonly (string | undefined)[]> {
  const values = await connection.use((client) => {
    if (isCluster(client)) return Promise.all(keys.map((key) => client.get(key)));
    return keys.length <= mostAtOnce ? readPiece(client, keys) : readPieces(client, keys);
  });
  return keys.map((_, index) => values[index] ?? undefined);
}

async function readPieces(
  client: RedisClient,
  keys: readonly string[],
): Promise<(string | null | undefined)[]> {
  const pieces: Promise<(string | null | undefined)[]>[] = [];
  for (let from = 0; from < keys.length; from += mostAtOnce) {
    const piece = keys.slice(from, from + mostAtOnce);
    pieces.push(readPiece(client, piece).then((values) => piece.map((_, index) => values[index])));
  }
  return (await Promise.all(pieces)).flat();
}

/** As many values as there are keys, or none. */
const readPiece = async (client: RedisClient, keys: readonly string[]): Promise<(string | null)[]> =>
  (await get.run(client, keys, [])) as (string | null)[]; // what the script returns
