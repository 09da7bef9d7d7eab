import { createHash } from "node:crypto";

const longestKeyBytes = 250;

/** Spaces, control characters and halves of surrogate pairs: what a key of memcached, or UTF-8, cannot hold. */
const refused = /[^\u0021-\u007e\u0080-\u{10ffff}]|\p{Surrogate}/u;

/**
 * The key under which memcached holds `key`: the same, unless memcached cannot hold it. Go's client refuses to store or
 * read a key that memcached cannot hold, so a Go program misses nothing if we use a key of our own instead. No key of
 * core's begins like it.
 */
export function wireKey(key: string): string {
  if (key !== "" && !refused.test(key) && Buffer.byteLength(key) <= longestKeyBytes) return key;
  return `YTask:Hashed:${createHash("sha256").update(key, "utf16le").digest("hex")}`;
}
