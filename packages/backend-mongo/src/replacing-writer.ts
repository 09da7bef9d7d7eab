import type { Entry, Stored } from "@ytask/core/driver";
import { documentId, documentOf, isKept } from "./document.js";
import type { ResultCollection } from "./result-collection.js";
import { kept, mostRounds, notedErrors, stored, type Writer } from "./writer.js";

/**
 * Writes to FerretDB 1.x, where an update is not a single step: it replaces what changed since it was read. An update
 * also reads the whole collection, ends at the first error without saying where, and keeps one of the server's 100
 * connections to SQLite for each document that it matched; when none is left, the server hangs for good. Inserts have
 * none of these problems: so each document is inserted, after the one that it replaces is deleted.
 */
export class ReplacingWriter implements Writer {
  readonly #results: ResultCollection;

  constructor(results: ResultCollection) {
    this.#results = results;
  }

  /** What is left after all rounds gets the failure of the last round. */
  async write(entries: readonly Entry[]): Promise<ReadonlyMap<Entry, Stored>> {
    const outcomes = new Map<Entry, Stored>();
    let left = entries;
    for (let round = 0; left.length > 0 && round < mostRounds; round++) {
      // An entry that is stored only if nothing is there mostly finds nothing: it is inserted first, and read for only
      // if that fails.
      const toRead = left.filter(
        ({ unless }) => unless === "finished" || (unless === "present" && round > 0),
      );
      left = await this.#insert(await this.#makeRoom(left, toRead, outcomes), outcomes);
    }
    return outcomes;
  }

  /** Notes what is to be kept, and deletes what is to be replaced. Resolves to what is to be inserted. */
  async #makeRoom(
    entries: readonly Entry[],
    toRead: readonly Entry[],
    outcomes: Map<Entry, Stored>,
  ): Promise<readonly Entry[]> {
    const found = await this.#results.get(toRead.map(({ key }) => documentId(key)));
    const nowMs = Date.now();
    const writing: Entry[] = [];
    const replaced: string[] = [];
    for (const entry of entries) {
      const id = documentId(entry.key);
      const document = found.get(id);
      if (isKept(entry, document, nowMs)) {
        outcomes.set(entry, kept);
        continue;
      }
      writing.push(entry);
      if (document || entry.unless === undefined) replaced.push(id);
    }
    await this.#results.delete(replaced);
    return writing;
  }

  /** Resolves to the entries whose key is taken. */
  async #insert(entries: readonly Entry[], outcomes: Map<Entry, Stored>): Promise<readonly Entry[]> {
    if (entries.length === 0) return [];
    const nowMs = Date.now();
    const errors = await this.#results.insert(entries.map((entry) => documentOf(entry, nowMs)));
    for (const entry of entries) outcomes.set(entry, stored);
    return notedErrors(entries, errors, outcomes);
  }
}
