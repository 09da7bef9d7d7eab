import { type Collection, type Document, type Filter, ReadPreference, WriteConcern } from "mongodb";
import { withSignal } from "./bound.js";
import type { FoundDocument, ResultDocument } from "./document.js";
import { timedOut, toYTaskError } from "./failures.js";

/** Writes `document` if the filter matches, or if there is no document with its `_id`. */
export interface Upsert {
  readonly filter: Filter<FoundDocument>;
  readonly document: ResultDocument;
}

/** The server's error for one statement of a batch. */
export interface WriteError {
  /** The statement's place in the batch. */
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

/**
 * Bounded calls on the collection that holds the results; they reject with a YTaskError. Writes are commands of our
 * own: the driver's `bulkWrite` takes no signal, and hides a broken connection in a server's error.
 */
export class ResultCollection {
  readonly #collection: Collection<ResultDocument>;
  readonly #command: (command: Document, signal: AbortSignal) => Promise<Document>;
  readonly #boundMs: number;

  constructor(collection: Collection<ResultDocument>, boundMs: number) {
    this.#collection = collection;
    this.#boundMs = boundMs;
    const database = collection.db;
    this.#command = (command, signal) => database.command(command, { signal });
  }

  /** By `_id`; expired ones too. */
  async get(ids: readonly string[]): Promise<ReadonlyMap<string, FoundDocument>> {
    if (ids.length === 0) return new Map();
    const options = { promoteValues: true, promoteBuffers: true, readPreference: ReadPreference.primary };
    const found = await this.#bounded((signal) =>
      this.#collection.find({ _id: { $in: [...ids] } }, { ...options, signal }).toArray(),
    );
    return new Map(found.map((document) => [document._id, document]));
  }

  /** In any order. Resolves to the errors of single statements. */
  upsert(upserts: readonly Upsert[]): Promise<readonly WriteError[]> {
    const updates = upserts.map(({ filter, document }) => ({ q: filter, u: document, upsert: true }));
    return this.#write({ update: this.#collection.collectionName, updates });
  }

  /** In any order. Resolves to the errors of single documents. */
  insert(documents: readonly ResultDocument[]): Promise<readonly WriteError[]> {
    return this.#write({ insert: this.#collection.collectionName, documents });
  }

  async delete(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const deletes = [{ q: { _id: { $in: ids } }, limit: 0 }];
    await this.#write({ delete: this.#collection.collectionName, deletes });
  }

  async #write(command: Document): Promise<readonly WriteError[]> {
    const concern = this.#collection.writeConcern;
    const whole = { ...command, ordered: false };
    const reply = await this.#bounded((signal) =>
      this.#command(concern ? WriteConcern.apply(whole, concern) : whole, signal),
    );
    if (reply.writeConcernError) throw toYTaskError(new Error(reply.writeConcernError.errmsg));
    return reply.writeErrors ?? [];
  }

  async #bounded<Value>(call: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
    try {
      return await withSignal(this.#boundMs, () => timedOut(this.#boundMs), call);
    } catch (error) {
      throw toYTaskError(error);
    }
  }
}
