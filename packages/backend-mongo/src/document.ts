import { createHash } from "node:crypto";
import { type Entry, isFinished } from "@ytask/core/driver";

/**
 * A stored value. The Go original's `mongo2` driver reads and writes `_id`, `data` and `create_time`, and has a TTL
 * index on `create_time` with one duration for all documents. So ours have no `create_time`, but their own
 * `expires_at`.
 */
export interface ResultDocument {
  readonly _id: string;
  /** UTF-8. */
  readonly data: Buffer;
  /** Missing in documents that the Go original wrote. */
  readonly finished?: boolean;
  /** Missing if it is kept forever. MongoDB deletes late, so an expired document has to be treated as absent. */
  readonly expires_at?: Date;
}

/** What may be found under a key: any program that can write to the collection may have put anything there. */
export interface FoundDocument {
  readonly _id: string;
  readonly data?: unknown;
  readonly finished?: unknown;
  readonly expires_at?: unknown;
}

const latestMs = 8.64e15;

/** The `_id` for a key: the same, except for a text with halves of surrogate pairs, which UTF-8 cannot distinguish. */
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

/** Undefined if `data` is neither binary nor text: then it is not a result of anybody's. */
export function textOf({ data }: FoundDocument): string | undefined {
  if (Buffer.isBuffer(data)) return data.toString("utf8");
  return typeof data === "string" ? data : undefined;
}

/** As MongoDB's TTL index sees it: a value that is not a date never expires. */
export const isExpired = ({ expires_at }: FoundDocument, nowMs: number): boolean =>
  expires_at instanceof Date && expires_at.getTime() <= nowMs;

/** Whether `finished` is right for a value that can be read, as in every document that we wrote. */
export const isMarked = (document: FoundDocument): boolean =>
  typeof document.finished === "boolean" && textOf(document) !== undefined;

/**
 * Whether what is stored must be kept, because of `entry`'s `unless`. A document without a readable value counts as
 * present, but not as finished: a server's result replaces it, since nobody could ever read it.
 */
export function isKept({ unless }: Entry, stored: FoundDocument | undefined, nowMs: number): boolean {
  if (unless === undefined || stored === undefined || isExpired(stored, nowMs)) return false;
  if (unless === "present") return true;
  const text = textOf(stored);
  if (text === undefined) return false;
  return typeof stored.finished === "boolean" ? stored.finished : isFinished(text);
}
