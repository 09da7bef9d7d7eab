import { createHash } from "node:crypto";
import { type Entry, isFinished } from "@ytask/core/driver";

/**
 * A stored value. The Go original's `mongo2` driver reads and writes `_id`, `data` and `create_time`, on which it has
 * a TTL index of one duration for all: so ours have no `create_time`, and an `expires_at` of their own.
 */
export interface ResultDocument {
  readonly _id: string;
  /** UTF-8. */
  readonly data: Buffer;
  /** Missing in what the Go original wrote. */
  readonly finished?: boolean;
  /** Missing where it is kept forever. MongoDB deletes late, so a document that expired is to be taken for absent. */
  readonly expires_at?: Date;
}

const latestMs = 8.64e15;

/** The `_id` of a key: the same, but for a text with halves of surrogate pairs, which UTF-8 cannot tell apart. */
export const documentId = (key: string): string =>
  /\p{Surrogate}/u.test(key)
    ? `YTask:Hashed:${createHash("sha256").update(key, "utf16le").digest("hex")}`
    : key;

export function documentOf({ key, value, expiresInSeconds }: Entry, nowMs: number): ResultDocument {
  const expiresAtMs = expiresInSeconds === undefined ? Number.NaN : nowMs + expiresInSeconds * 1_000;
  return {
    _id: documentId(key),
    data: Buffer.from(value, "utf8"),
    finished: isFinished(value),
    ...(expiresAtMs <= latestMs ? { expires_at: new Date(expiresAtMs) } : {}),
  };
}

export const textOf = (document: ResultDocument): string => document.data.toString("utf8");

export const isExpired = (document: ResultDocument, nowMs: number): boolean =>
  document.expires_at !== undefined && document.expires_at.getTime() <= nowMs;

/** Whether what is stored makes `entry`'s `unless` hold. */
export function isKept({ unless }: Entry, stored: ResultDocument | undefined, nowMs: number): boolean {
  if (unless === undefined || stored === undefined || isExpired(stored, nowMs)) return false;
  return unless === "present" || (stored.finished ?? isFinished(textOf(stored)));
}
