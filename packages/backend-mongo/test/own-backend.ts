import { type SharedServer, sharedMongo } from "@ytask-internal/test-servers";
import { afterAll, beforeAll } from "vitest";
import { MongoBackend } from "../src/index.js";
import { type OwnCollection, ownCollection } from "./collection.js";

/** What the tests of a file share: a server, a collection of theirs in it, and a connected backend on that. */
export interface OwnBackend {
  mongo: SharedServer;
  own: OwnCollection;
  backend: MongoBackend;
}

/** To be called in a `describe`. What it returns is filled in before its tests, and taken down after them. */
export function ownBackend(): OwnBackend {
  const shared: Partial<OwnBackend> = {};
  beforeAll(async () => {
    const mongo = await sharedMongo();
    const own = ownCollection(mongo.url);
    const backend = new MongoBackend({ url: mongo.url, ...own.options });
    Object.assign(shared, { mongo, own, backend });
    await backend.connect();
  });
  afterAll(async () => {
    await shared.backend?.close();
    await shared.own?.drop();
    await shared.mongo?.stop();
  });
  // Of no use, and not used, before the tests.
  return shared as OwnBackend;
}
