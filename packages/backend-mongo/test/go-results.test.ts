import { parseResult } from "@ytask/core/wire";
import { capturesOf } from "@ytask-internal/go-captures";
import { describeWithServer } from "@ytask-internal/test-servers";
import { type Binary, BSON } from "mongodb";
import { expect, it } from "vitest";
import { ownBackend } from "./own-backend.js";

/** Documents that the `mongo2` driver of the Go original, v3.0.2, stored. */
const documents = capturesOf("mongo-v3.0.2-mongo2").flatMap(({ document_bson_base64: base64 }) =>
  base64 === undefined ? [] : [BSON.deserialize(Buffer.from(base64, "base64")) as GoDocument],
);

interface GoDocument {
  _id: string;
  data: Binary;
  create_time: Date;
}

const textOf = ({ data }: { data: unknown }) => Buffer.from((data as Binary).buffer).toString();

describeWithServer("mongo", "beside the Go original's mongo2 driver", () => {
  const shared = ownBackend();

  it("reads the documents that a Go server stores", async () => {
    expect(documents.length).toBe(2);
    for (const document of documents) {
      await shared.own.collection.replaceOne({ _id: document._id }, { ...document }, { upsert: true });
      const [value] = await shared.backend.get([document._id]);
      expect(value).toBe(textOf(document));
      expect(`YTask:Backend:${parseResult(value ?? "").id}`).toBe(document._id);
    }
  });

  it("stores where a Go client looks, without the field on which the Go original's index deletes", async () => {
    const key = "YTask:Backend:ours";
    await shared.backend.set([
      { key, value: '{"Id":"ours","Status":4}', expiresInSeconds: 60 },
      { key: `${key}-forever`, value: '{"Id":"ours","Status":1}' },
    ]);
    const document = await shared.own.collection.findOne({ _id: key });
    expect(Object.keys(document ?? {})).toEqual(["_id", "data", "finished", "expires_at"]);
    expect(document).toMatchObject({ finished: true, data: { sub_type: 0 } });
    expect(textOf({ data: document?.data })).toBe('{"Id":"ours","Status":4}');
    const secondsLeft = (Number(document?.expires_at) - Date.now()) / 1_000;
    expect(secondsLeft).toBeGreaterThan(0);
    expect(secondsLeft).toBeLessThanOrEqual(60);
    const forever = await shared.own.collection.findOne({ _id: `${key}-forever` });
    expect(Object.keys(forever ?? {})).toEqual(["_id", "data", "finished"]);
    expect(forever?.finished).toBe(false);
  });

  it("keeps what a Go server finished, and replaces what it did not", async () => {
    const go = (id: string, text: string) =>
      shared.own.collection.insertOne({ _id: id, data: Buffer.from(text), create_time: new Date() });
    const late = '{"Id":"1","Status":3}';
    await go("YTask:Backend:finished", '{"Id":"1","Status":4,"Workflow":null}');
    await go("YTask:Backend:running", '{"Id":"1","Status":1,"Workflow":null}');
    await go("YTask:Backend:step", '{"Id":"1","Status":4,"Workflow":[["a","success"],["b","waiting"]]}');
    const keys = ["YTask:Backend:finished", "YTask:Backend:running", "YTask:Backend:step"];
    const outcomes = await shared.backend.set(keys.map((key) => ({ key, value: late, unless: "finished" })));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["kept", "stored", "stored"]);
    expect((await shared.backend.get(keys)).slice(1)).toEqual([late, late]);
    const document = await shared.own.collection.findOne({ _id: "YTask:Backend:running" });
    expect(Object.keys(document ?? {})).toEqual(["_id", "data", "finished"]);
  });
});
