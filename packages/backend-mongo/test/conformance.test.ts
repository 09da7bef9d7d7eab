import { backendConformance, throughGates } from "@ytask/conformance";
import { describeWithServer, type SharedServer, sharedMongo } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, describe, it } from "vitest";
import { MongoBackend } from "../src/index.js";
import { mongoKind } from "./mongo-kind.js";

describeWithServer("mongo", "the MongoDB backend", () => {
  let mongo: SharedServer;
  beforeAll(async () => {
    mongo = await sharedMongo();
  });
  afterAll(() => mongo.stop());

  backendConformance(
    { describe, it },
    {
      capabilities: {
        atomicUnlessFinished:
          mongoKind === "ferretdb"
            ? { missing: "FerretDB 1.x replaces what changed since it was read; MongoDB does not" }
            : true,
      },
      watch: { missing: "change streams need a replica set, so results are polled for" },
      ...throughGates(
        () => mongo.url,
        (url) => new MongoBackend({ url, commandTimeoutMs: 4_000 }),
      ),
    },
  );
});
