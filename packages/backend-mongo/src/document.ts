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

/** What may be found under a key: whoever else can write to the collection may have put anything there. */
export interface FoundDocument {
  readonly _id: string;
  readonly data?: unknown;
  readonly finished?: unknown;
  readonly expires_at?: unknown;
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

/** Undefined where `data` is neither binary nor text: then it is nobody's result. */
export function textOf({ data }: FoundDocument): string | undefined {
  if (Buffer.isBuffer(data)) return data.toString("utf8");
  return typeof data === "string" ? data : undefined;
}

/** As MongoDB's TTL index sees it: what is no date expires never. */
export const isExpired = ({ expires_at }: FoundDocument, nowMs: number): boolean =>
  expires_at instanceof Date && expires_at.getTime() <= nowMs;

/** Whether `finished` says what it is to say of a value that can be read, as in every document that we wrote. */
export const isMarked = (document: FoundDocument): boolean =>
  typeof document.finished === "boolean" && textOf(document) !== undefined;

/**
 * Whether what is stored makes `entry`'s `unless` hold. A document without a value that can be read is present, but
 * nothing finished: a server's result replaces it, since nobody could ever read it.
 */
export function isKept({ unless }: Entry, stored: FoundDocument | undefined, nowMs: number): boolean {
  if (unless === undefined || stored === undefined || isExpired(stored, nowMs)) return false;
  if (unless === "present") return true;
  const text = textOf(stored);
  if (text === undefined) return false;
  return typeof stored.finished === "boolean" ? stored.finished : isFinished(text);
}
