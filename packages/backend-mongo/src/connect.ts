import { bounded, ErrorCode, YTaskError } from "@ytask/core/driver";
import { type Collection, MongoServerError } from "mongodb";
import { documentId, type ResultDocument } from "./document.js";
import { MongoCode, timedOut, toYTaskError } from "./failures.js";
import type { Settings } from "./options.js";

/** A usable collection, and what its server is. */
export interface Connected {
  readonly collection: Collection<ResultDocument>;
  /** FerretDB 1.x, which speaks MongoDB's protocol but does not check and write in one step. */
  readonly isFerretDb1: boolean;
  /** Why the server will not delete expired documents; undefined if it will. */
  readonly noIndexReason: string | undefined;
}

/** Less than core waits for a connect. */
const connectBoundMs = 2_800;

/** Connects the client and makes the TTL index. Rejects with a YTaskError. */
export async function connectCollection(settings: Settings): Promise<Connected> {
  try {
    return await bounded(connect(settings), connectBoundMs, () => {
      throw new YTaskError(ErrorCode.Connection, timedOut(connectBoundMs).message);
    });
  } catch (error) {
    throw toYTaskError(error);
  }
}

async function connect({ client, database, collection: name }: Settings): Promise<Connected> {
  await client.connect();
  const collection = client.db(database).collection<ResultDocument>(name);
  // Refused here if the user may not read at all.
  await collection.findOne({ _id: documentId("YTask:Backend:") });
  const { ferretdbVersion } = await client.db(database).command({ buildInfo: 1 });
  return {
    collection,
    isFerretDb1: ferretdbVersion !== undefined,
    noIndexReason: await makeIndex(collection),
  };
}

/** Resolves to why there is no index. */
async function makeIndex(collection: Collection<ResultDocument>): Promise<string | undefined> {
  try {
    await collection.createIndex({ expires_at: 1 }, { expireAfterSeconds: 0 });
    return undefined;
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return error.code === MongoCode.NotImplemented ? "it knows no TTL indexes" : error.message;
  }
}
