import { crc32 } from "node:zlib";

/**
 * Which of `servers` servers holds a key: the CRC-32 (IEEE) of its bytes modulo their number, in the order in which
 * they are listed. This is how Go's gomemcache chooses, so a Go program with the same list looks there.
 */
export const serverOf = (key: string, servers: number): number => (servers === 1 ? 0 : crc32(key) % servers);

/** Which of a server's `connections` carries a key: always the same, so that writes of a key keep their order. */
export const connectionOf = (key: string, servers: number, connections: number): number =>
  connections === 1 ? 0 : Math.floor(crc32(key) / servers) % connections;
