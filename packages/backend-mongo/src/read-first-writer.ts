import type { Entry, Stored } from "@ytask/core/driver";
import { documentId, documentOf, isKept, type ResultDocument } from "./document.js";
import type { ResultCollection } from "./result-collection.js";
import { contended, failedBy, isDuplicate, kept, mostRounds, stored, type Writer } from "./writer.js";

/**
 * Writes to FerretDB 1.x, where a conditional update is no single step: it reads the whole collection unless `_id`
 * is all that is asked for, and replaces what changed since. So each key is read first; an insert alone is one step.
 *
 * Each document that an update command matched also keeps one of the server's 100 connections to SQLite until the
 * command ends; when all are taken, the server hangs for good. So batches are small, and there is one at a time.
 */
export class ReadFirstWriter implements Writer {
  readonly largestBatch = 10;
  readonly #results: ResultCollection;

  constructor(results: ResultCollection) {
    this.#results = results;
  }

  async write(entries: readonly Entry[]): Promise<ReadonlyMap<Entry, Stored>> {
    const outcomes = new Map<Entry, Stored>();
    let left = entries;
    for (let round = 0; left.length > 0 && round < mostRounds; round++)
      left = await this.#try(left, outcomes);
    for (const entry of left) outcomes.set(entry, contended());
    return outcomes;
  }

  /** Resolves to the entries that are to be tried again. */
  async #try(entries: readonly Entry[], outcomes: Map<Entry, Stored>): Promise<readonly Entry[]> {
    const found = await readEach(
      this.#results,
      entries.map(({ key }) => documentId(key)),
    );
    const nowMs = Date.now();
    const absent: Entry[] = [];
    const present: Entry[] = [];
    for (const entry of entries) {
      const document = found.get(documentId(entry.key));
      if (isKept(entry, document, nowMs)) outcomes.set(entry, kept);
      else (document ? present : absent).push(entry);
    }
    return [
      ...(await this.#insert(absent, nowMs, outcomes)),
      ...(await this.#replace(present, nowMs, outcomes)),
    ];
  }

  async #insert(
    entries: readonly Entry[],
    nowMs: number,
    outcomes: Map<Entry, Stored>,
  ): Promise<readonly Entry[]> {
    if (entries.length === 0) return [];
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

  /** An error stops the whole command, and does not tell where. */
  async #replace(
    entries: readonly Entry[],
    nowMs: number,
    outcomes: Map<Entry, Stored>,
  ): Promise<readonly Entry[]> {
    if (entries.length === 0) return [];
    const documents = entries.map((entry) => documentOf(entry, nowMs));
    const [error] = await this.#results.upsert(
      documents.map((document) => ({ filter: { _id: document._id }, document })),
    );
    if (error && isDuplicate(error)) return entries;
    for (const entry of entries) outcomes.set(entry, error ? failedBy(error) : stored);
    return [];
  }
}

const readsAtOnce = 10;

/** One find a key: FerretDB 1.x reads the whole collection where several are asked for. */
export async function readEach(
  results: ResultCollection,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ResultDocument>> {
  const found = new Map<string, ResultDocument>();
  for (let from = 0; from < ids.length; from += readsAtOnce) {
    const reads = ids.slice(from, from + readsAtOnce).map((_id) => results.find({ _id }));
    for (const document of (await Promise.all(reads)).flat()) found.set(document._id, document);
  }
  return found;
}
