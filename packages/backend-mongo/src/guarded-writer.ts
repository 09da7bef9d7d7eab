import type { Entry, Stored } from "@ytask/core/driver";
import type { Filter } from "mongodb";
import { documentId, documentOf, type FoundDocument, isKept, isMarked } from "./document.js";
import type { ResultCollection } from "./result-collection.js";
import { kept, mostRounds, notedErrors, stored, type Writer } from "./writer.js";

/** An entry to be written, and the document that may be replaced, if the ordinary filter cannot tell. */
interface Attempt {
  readonly entry: Entry;
  readonly replaceable?: FoundDocument | undefined;
}

/**
 * Writes by conditional upserts, which MongoDB checks and writes in one step. The filter matches what may be replaced.
 * If something else is there, the upsert inserts, and fails because the `_id` is taken.
 */
export class GuardedWriter implements Writer {
  readonly #results: ResultCollection;

  constructor(results: ResultCollection) {
    this.#results = results;
  }

  /** What is left after all rounds gets the failure of the last round. */
  async write(entries: readonly Entry[]): Promise<ReadonlyMap<Entry, Stored>> {
    const outcomes = new Map<Entry, Stored>();
    let attempts: readonly Attempt[] = entries.map((entry) => ({ entry }));
    for (let round = 0; attempts.length > 0 && round < mostRounds; round++)
      attempts = await this.#decide(await this.#upsert(attempts, outcomes), outcomes);
    return outcomes;
  }

  /** Resolves to the entries whose key is taken. */
  async #upsert(attempts: readonly Attempt[], outcomes: Map<Entry, Stored>): Promise<readonly Entry[]> {
    const nowMs = Date.now();
    const errors = await this.#results.upsert(
      attempts.map((attempt) => ({
        filter: filterOf(attempt, nowMs),
        document: documentOf(attempt.entry, nowMs),
      })),
    );
    for (const { entry } of attempts) outcomes.set(entry, stored);
    return notedErrors(
      attempts.map(({ entry }) => entry),
      errors,
      outcomes,
    );
  }

  /** Notes what is to be kept. Resolves to what is to be tried again. */
  async #decide(taken: readonly Entry[], outcomes: Map<Entry, Stored>): Promise<readonly Attempt[]> {
    const documents = await this.#results.get(taken.map(({ key }) => documentId(key)));
    const nowMs = Date.now();
    const again: Attempt[] = [];
    for (const entry of taken) {
      const document = documents.get(documentId(entry.key));
      if (isKept(entry, document, nowMs)) outcomes.set(entry, kept);
      else again.push({ entry, replaceable: document && !isMarked(document) ? document : undefined });
    }
    return again;
  }
}

function filterOf({ entry, replaceable }: Attempt, nowMs: number): Filter<FoundDocument> {
  const _id = documentId(entry.key);
  const isExpired = { expires_at: { $lte: new Date(nowMs) } };
  if (entry.unless === undefined) return { _id };
  if (entry.unless === "present") return { _id, ...isExpired };
  // A document of a Go server's does not say whether it is finished. It has been read, and may be replaced while it is
  // unchanged. The same goes for a document that is no result at all, whose `data` may be missing.
  if (replaceable) return { _id, data: { $eq: replaceable.data ?? null } };
  return { _id, $or: [{ finished: false }, isExpired] };
}
