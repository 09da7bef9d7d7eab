import type { Entry, Stored } from "@ytask/core/driver";
import { MongoServerError } from "mongodb";
import { duplicate, MongoCode, toYTaskError } from "./failures.js";
import type { WriteError } from "./result-collection.js";

/** Writes a batch in which no two entries have the same key. One outcome for each entry, in any order; may reject. */
export interface Writer {
  write(entries: readonly Entry[]): Promise<ReadonlyMap<Entry, Stored>>;
}

/** How often to retry a write whose key others change at the same moment. */
export const mostRounds = 8;

export const stored: Stored = { kind: "stored" };
export const kept: Stored = { kind: "kept" };
export const failed = (error: Error): Stored => ({ kind: "failed", error });

/** Notes what failed. Returns the entries whose key is taken, now or because their `unless` holds, or seems to hold. */
export function notedErrors(
  entries: readonly Entry[],
  errors: readonly WriteError[],
  outcomes: Map<Entry, Stored>,
): readonly Entry[] {
  const taken: Entry[] = [];
  for (const { index, code, errmsg } of errors) {
    const entry = entries[index];
    if (!entry) continue;
    const isDuplicate = code === MongoCode.DuplicateKey;
    const error = isDuplicate
      ? duplicate(errmsg)
      : toYTaskError(new MongoServerError({ message: errmsg, code }));
    outcomes.set(entry, failed(error));
    if (isDuplicate) taken.push(entry);
  }
  return taken;
}
