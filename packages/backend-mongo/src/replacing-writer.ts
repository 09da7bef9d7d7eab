import type { Entry, Stored } from "@ytask/core/driver";
import { documentId, documentOf, isKept } from "./document.js";
import type { ResultCollection } from "./result-collection.js";
import { contended, failedBy, isDuplicate, kept, mostRounds, stored, type Writer } from "./writer.js";

/**
 * Writes to FerretDB 1.x, where an update is no single step: it replaces what changed since it was read. It also reads
 * the whole collection, ends at the first error without telling where, and keeps one of the server's 100 connections
 * to SQLite for each document that it matched; when none is left, the server hangs for good. Inserts have none of
 * this: so each document is inserted, and what it replaces is deleted before.
 */
export class ReplacingWriter implements Writer {
  readonly #results: ResultCollection;

  constructor(results: ResultCollection) {
    this.#results = results;
  }

  async write(entries: readonly Entry[]): Promise<ReadonlyMap<Entry, Stored>> {
    const outcomes = new Map<Entry, Stored>();
    let left = entries;
    for (let round = 0; left.length > 0 && round < mostRounds; round++)
      left = await this.#makeRoom(await this.#insert(left, outcomes), outcomes);
    for (const entry of left) outcomes.set(entry, contended());
    return outcomes;
  }

  /** Resolves to the entries whose key is taken. */
  async #insert(entries: readonly Entry[], outcomes: Map<Entry, Stored>): Promise<readonly Entry[]> {
    const nowMs = Date.now();
    const errors = await this.#results.insert(entries.map((entry) => documentOf(entry, nowMs)));
    for (const entry of entries) outcomes.set(entry, stored);
    const taken: Entry[] = [];
    for (const error of errors) {
      const entry = entries[error.index];
      if (!entry) continue;
      outcomes.set(entry, failedBy(error));
      if (isDuplicate(error)) taken.push(entry);
    }
    return taken;
  }

  /** Keeps what is to be kept, and deletes the rest. Resolves to what is to be inserted in its place. */
  async #makeRoom(taken: readonly Entry[], outcomes: Map<Entry, Stored>): Promise<readonly Entry[]> {
    const found = await this.#results.get(
      taken.filter(({ unless }) => unless !== undefined).map(({ key }) => documentId(key)),
    );
    const nowMs = Date.now();
    const replacing: Entry[] = [];
    for (const entry of taken) {
      if (isKept(entry, found.get(documentId(entry.key)), nowMs)) outcomes.set(entry, kept);
      else replacing.push(entry);
    }
    await this.#results.delete(replacing.map(({ key }) => documentId(key)));
    return replacing;
  }
}
