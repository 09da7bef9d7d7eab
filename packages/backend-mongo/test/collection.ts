import { randomUUID } from "node:crypto";
import { type Collection, MongoClient } from "mongodb";

/** As a Go server or an operator sees it: any document, keyed by text. */
export interface AnyDocument {
  _id: string;
  [field: string]: unknown;
}

/** A collection of the test's own, through a client that is not the backend's. */
export interface OwnCollection {
  readonly client: MongoClient;
  /** What a backend needs to use it, with all the time that a busy machine takes. */
  readonly options: {
    readonly database: string;
    readonly collection: string;
    readonly commandTimeoutMs: number;
  };
  readonly collection: Collection<AnyDocument>;
  /** Deletes it, and closes the client. */
  drop(): Promise<void>;
}

export function ownCollection(url: string): OwnCollection {
  const options = {
    database: "ytask_test",
    collection: `results_${randomUUID()}`,
    commandTimeoutMs: 30_000,
  };
  const client = new MongoClient(url);
  const collection = client.db(options.database).collection<AnyDocument>(options.collection);
  return {
    client,
    options,
    collection,
    async drop() {
      await collection.drop();
      await client.close();
    },
  };
}
