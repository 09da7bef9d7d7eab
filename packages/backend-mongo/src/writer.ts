import { type Entry, ErrorCode, type Stored, YTaskError } from "@ytask/core/driver";
import { MongoServerError } from "mongodb";
import { MongoCode, toYTaskError } from "./failures.js";
import type { WriteError } from "./result-collection.js";

/** Writes a batch in which no two entries have the same key. One outcome for each entry, in any order; may reject. */
export interface Writer {
  write(entries: readonly Entry[]): Promise<ReadonlyMap<Entry, Stored>>;
}

/** How often a write is tried again whose key others change at the same moment. */
export const mostRounds = 8;

export const stored: Stored = { kind: "stored" };
export const kept: Stored = { kind: "kept" };
export const failed = (error: Error): Stored => ({ kind: "failed", error });

export const contended = (): Stored =>
  failed(new YTaskError(ErrorCode.Backend, "others write the same key without pause; try again later"));

/** Notes what failed. Returns the entries whose key is taken, in this moment or because their `unless` holds. */
export function notedErrors(
  entries: readonly Entry[],
  errors: readonly WriteError[],
  outcomes: Map<Entry, Stored>,
): readonly Entry[] {
  const taken: Entry[] = [];
  for (const { index, code, errmsg } of errors) {
    const entry = entries[index];
    if (!entry) continue;
    outcomes.set(entry, failed(toYTaskError(new MongoServerError({ message: errmsg, code }))));
    if (code === MongoCode.DuplicateKey) taken.push(entry);
  }
  return taken;
}
