import { type Entry, ErrorCode, type Stored, YTaskError } from "@ytask/core/driver";
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

/** Somebody else inserted the key in the same moment, or its `unless` holds. */
export const isDuplicate = ({ code }: WriteError): boolean => code === MongoCode.DuplicateKey;

export const failedBy = ({ code, errmsg }: WriteError): Stored =>
  failed(toYTaskError(Object.assign(new Error(errmsg), { code })));
