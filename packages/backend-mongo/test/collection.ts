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
  /** What a backend needs to use it. */
  readonly names: { readonly database: string; readonly collection: string };
  readonly collection: Collection<AnyDocument>;
  /** Deletes it, and closes the client. */
  drop(): Promise<void>;
}

export function ownCollection(url: string): OwnCollection {
  const names = { database: "ytask_test", collection: `results_${randomUUID()}` };
  const client = new MongoClient(url);
  const collection = client.db(names.database).collection<AnyDocument>(names.collection);
  return {
    client,
    names,
    collection,
    async drop() {
      await collection.drop();
      await client.close();
    },
  };
}
