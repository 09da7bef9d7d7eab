import { ErrorCode } from "@ytask/core/driver";
import { describeWithServer, itUnless, type SharedServer, sharedMongo } from "@ytask-internal/test-servers";
import { Log } from "@ytask-internal/test-servers/log";
import { type CommandStartedEvent, MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { MongoBackend } from "../src/index.js";
import { type OwnCollection, ownCollection } from "./collection.js";
import { mongoKind } from "./mongo-kind.js";

/** Long enough for many megabytes on a busy machine. */
const slowMs = 20_000;

describeWithServer("mongo", "the MongoDB backend", () => {
  let mongo: SharedServer;
  let own: OwnCollection;
  beforeAll(async () => {
    mongo = await sharedMongo();
  });
  beforeEach(() => {
    own = ownCollection(mongo.url);
  });
  afterEach(() => own.drop());
  afterAll(() => mongo?.stop());

  const isFerretDb = mongoKind === "ferretdb";

  itUnless(
    isFerretDb ? "FerretDB 1.x has no TTL index" : undefined,
    "has MongoDB delete what expired",
    async () => {
      const backend = new MongoBackend({ url: mongo.url, ...own.options });
      await backend.connect();
      await backend.close();
      expect(await own.collection.indexes()).toContainEqual(
        expect.objectContaining({ key: { expires_at: 1 }, expireAfterSeconds: 0 }),
      );
    },
  );

  itUnless(
    isFerretDb ? undefined : "MongoDB does",
    "says once in the log where the server will not delete",
    async () => {
      const logger = new Log();
      const backend = new MongoBackend({ url: mongo.url, ...own.options });
      for (let round = 0; round < 2; round++) {
        await backend.connect({ logger });
        await backend.close();
      }
      expect(logger.lines.map(({ message }) => message)).toEqual([
        expect.stringContaining("this server will not delete expired results"),
      ]);
    },
  );

  it("writes five hundred results in a few commands, not one each", async () => {
    const client = new MongoClient(mongo.url, { monitorCommands: true });
    const commands: string[] = [];
    client.on("commandStarted", ({ commandName }: CommandStartedEvent) => commands.push(commandName));
    const backend = new MongoBackend({ client, ...own.options });
    await backend.connect();
    commands.length = 0;
    const calls = Array.from({ length: 500 }, (_, index) =>
      backend.set([{ key: `YTask:Backend:${index}`, value: '{"Status":4}', unless: "finished" }]),
    );
    const outcomes = (await Promise.all(calls)).flat();
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(["stored"]));
    expect(commands.length).toBeLessThan(10);
    await backend.close();
    await client.close();
  });

  it("leaves a client of the user's own open, and uses its settings", async () => {
    const client = new MongoClient(mongo.url, { ignoreUndefined: true, promoteBuffers: true });
    const backend = new MongoBackend({ client, ...own.options });
    for (let round = 0; round < 2; round++) {
      await backend.connect();
      await backend.set([{ key: "YTask:Backend:1", value: `round ${round}` }]);
      await backend.close();
      await expect(backend.get(["YTask:Backend:1"])).rejects.toThrow(/is not connected/);
      const document = await client.db(own.options.database).collection(own.options.collection).findOne();
      expect(String(document?.data)).toBe(`round ${round}`);
    }
    await client.close();
  });

  it("says so where the user closed the client", async () => {
    const client = new MongoClient(mongo.url);
    const backend = new MongoBackend({ client, ...own.options });
    await backend.connect();
    await client.close();
    const closed = {
      code: ErrorCode.Closed,
      message: expect.stringContaining("the client was closed; keep"),
    };
    await expect(backend.get(["YTask:Backend:1"])).rejects.toMatchObject(closed);
    expect(await backend.set([{ key: "YTask:Backend:1", value: "1" }])).toMatchObject([
      { kind: "failed", error: closed },
    ]);
    await backend.close();
  });

  it("names a unique index of others as what refuses a result", async () => {
    await own.collection.createIndex({ finished: 1 }, { unique: true });
    const backend = new MongoBackend({ url: mongo.url, ...own.options });
    await backend.connect();
    const finished = '{"Id":"1","Status":4}';
    for (const unless of [undefined, "present", "finished"] as const) {
      const [first, second] = await backend.set([
        { key: "YTask:Backend:first", value: finished },
        { key: `YTask:Backend:${unless}`, value: finished, unless },
      ]);
      expect(first).toEqual({ kind: "stored" });
      expect(second).toMatchObject({
        kind: "failed",
        error: { message: expect.stringContaining("a unique index of the collection refuses it; give") },
      });
    }
    await backend.close();
  });

  it("fails a value that no document holds as too large, and stores the others of its batch", async () => {
    const backend = new MongoBackend({ url: mongo.url, ...own.options, commandTimeoutMs: slowMs });
    await backend.connect();
    const [large, small] = await backend.set([
      { key: "YTask:Backend:large", value: "x".repeat(16 * 1_024 * 1_024) },
      { key: "YTask:Backend:small", value: "x" },
    ]);
    expect(large).toMatchObject({ kind: "failed", error: { code: 111 } });
    expect(small).toEqual({ kind: "stored" });
    await backend.close();
  });

  it("keeps the order of a key's values where one does not fit into a batch any more", async () => {
    const backend = new MongoBackend({ url: mongo.url, ...own.options, commandTimeoutMs: slowMs });
    await backend.connect();
    const large = "x".repeat(9 * 1_024 * 1_024);
    const outcomes = await backend.set([
      { key: "YTask:Backend:1", value: large },
      { key: "YTask:Backend:2", value: large },
      { key: "YTask:Backend:2", value: "the later one" },
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["stored", "stored", "stored"]);
    expect(await backend.get(["YTask:Backend:2"])).toEqual(["the later one"]);
    await backend.close();
  });
});
