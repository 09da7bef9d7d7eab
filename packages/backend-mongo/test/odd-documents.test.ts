import { Client } from "@ytask/core";
import { ErrorCode, silentLogger } from "@ytask/core/driver";
import { MemoryBroker } from "@ytask/core/memory";
import { describeWithServer } from "@ytask-internal/test-servers";
import { describe, expect, it } from "vitest";
import { MongoBackend } from "../src/index.js";
import { ownBackend } from "./own-backend.js";

const finished = '{"Id":"1","Status":4}';
const running = '{"Id":"1","Status":1}';

/** What somebody else may have put under a key, where no result can be read. */
const oddDocuments: readonly (readonly [string, Record<string, unknown>])[] = [
  ["no data", { other: 1 }],
  ["data that is null", { data: null }],
  ["data that is a number", { data: 5 }],
  ["data that is an object, and the mark of a finished result", { data: { Status: 4 }, finished: true }],
];

/** Odd fields beside a result that can be read. */
const oddFields: readonly (readonly [string, Record<string, unknown>, "kept" | "stored"])[] = [
  ["a finished one whose expiry is a string", { data: Buffer.from(finished), expires_at: "soon" }, "kept"],
  ["a finished one whose expiry is null", { data: Buffer.from(finished), expires_at: null }, "kept"],
  ["a finished one whose data is a string", { data: finished }, "kept"],
  ["one that runs, whose mark is a string", { data: Buffer.from(running), finished: "no" }, "stored"],
];

describeWithServer("mongo", "documents that others put into the collection", () => {
  const shared = ownBackend();

  describe.each(oddDocuments)("%s", (name, fields) => {
    const key = `YTask:Backend:${name}`;

    it("fails the reads of its own key only, and says why", async () => {
      await shared.own.collection.replaceOne({ _id: key }, fields, { upsert: true });
      await shared.backend.set([{ key: "YTask:Backend:good", value: finished }]);
      const [odd, good] = await Promise.allSettled([
        shared.backend.get([key]),
        shared.backend.get(["YTask:Backend:good"]),
      ]);
      expect(odd).toMatchObject({
        reason: {
          code: ErrorCode.Malformed,
          message: expect.stringContaining(`${key} in MongoDB is no result`),
        },
      });
      expect(good).toMatchObject({ value: [finished] });
    });

    it("is present, but nothing finished, and a result replaces it", async () => {
      await shared.own.collection.replaceOne({ _id: key }, fields, { upsert: true });
      const beside = { key: `${key} beside`, value: finished, unless: "finished" } as const;
      const outcomes = (unless: "present" | "finished") =>
        shared.backend.set([{ key, value: finished, unless }, beside]);
      expect(await outcomes("present")).toEqual([{ kind: "kept" }, { kind: "stored" }]);
      expect(await outcomes("finished")).toEqual([{ kind: "stored" }, { kind: "kept" }]);
      expect(await shared.backend.get([key])).toEqual([finished]);
    });
  });

  it.each(oddFields)("are read where they are %s", async (name, fields, outcome) => {
    const key = `YTask:Backend:${name}`;
    await shared.own.collection.insertOne({ _id: key, ...fields });
    expect(await shared.backend.get([key])).toEqual([outcome === "kept" ? finished : running]);
    expect(await shared.backend.set([{ key, value: finished, unless: "finished" }])).toEqual([
      { kind: outcome },
    ]);
  });

  it("are named to who waits for the result, and cost nobody else's wait", async () => {
    const waiting = new MongoBackend({ url: shared.mongo.url, ...shared.own.options });
    const client = new Client({ broker: new MemoryBroker(), backend: waiting, logger: silentLogger });
    await shared.own.collection.insertOne({ _id: "YTask:Backend:odd", data: 5 });
    await shared.backend.set([{ key: "YTask:Backend:good", value: finished }]);
    const [odd, good] = await Promise.allSettled([
      client.getResult("odd", { timeoutMs: 1_000 }),
      client.getResult("good"),
    ]);
    expect(odd).toMatchObject({
      reason: { message: expect.stringContaining("its data is of the type number") },
    });
    expect(good).toMatchObject({ value: { status: 4 } });
    await client.close();
  });
});
