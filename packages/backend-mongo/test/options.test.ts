import { ErrorCode, YTaskError } from "@ytask/core/driver";
import { MongoClient } from "mongodb";
import { expect, it } from "vitest";
import { MongoBackend, type MongoBackendOptions } from "../src/index.js";
import { readOptions } from "../src/options.js";

const client = new MongoClient("mongodb://127.0.0.1:1");

it.each([
  ["nothing", {}, /either `url` or `client`/],
  ["both", { url: "mongodb://127.0.0.1:1", client }, /either `url` or `client`/],
  ["a pool size for a client", { client, poolSize: 5 }, /poolSize/],
  ["no connections", { url: "mongodb://127.0.0.1:1", poolSize: 0 }, /poolSize/],
  ["no time", { url: "mongodb://127.0.0.1:1", commandTimeoutMs: 0 }, /commandTimeoutMs/],
  ["no options", undefined, /either `url` or `client`/],
  ["nothing at all", null, /must be an object/],
  ["an unknown name", { uri: "mongodb://127.0.0.1:1" }, /no option "uri"; there are url, client/],
  ["a url that is no text", { url: 5 }, /url must be a string/],
  ["a client that is none", { client: {} }, /client must be a MongoClient/],
  ["an empty database", { url: "mongodb://127.0.0.1:1", database: "" }, /database must be a string of/],
  ["a dot in the database", { client, database: "a.b" }, /database must be a string of/],
  ["a space in the database", { client, database: "a b" }, /database must be a string of/],
  ["a database of too many bytes", { client, database: "ä".repeat(32) }, /database must be a string of/],
  ["a dollar in the collection", { client, collection: "a$b" }, /collection must be a string that/],
  ["a collection of MongoDB's", { client, collection: "system.views" }, /collection must be a string that/],
  ["a null in the collection", { client, collection: "a\0b" }, /collection must be a string that/],
  ["names too long together", { client, collection: "a".repeat(251) }, /more than 254 bytes together/],
  ["no acknowledgement", { url: "mongodb://127.0.0.1:1/?w=0" }, /at least w=1/],
  [
    "a client without acknowledgement",
    { client: new MongoClient("mongodb://127.0.0.1:1", { writeConcern: { w: 0 } }) },
    /at least w=1/,
  ],
  [
    "two sizes of a pool",
    { url: "mongodb://127.0.0.1:1/?MaxPoolSize=5", poolSize: 5 },
    /either `poolSize` or maxPoolSize/,
  ],
  ["another scheme", { url: "redis://127.0.0.1:1" }, /url of the MongoDB backend/],
] satisfies [string, unknown, RegExp][])("refuses options with %s", (_, given, message) => {
  const options = given as MongoBackendOptions;
  expect(() => new MongoBackend(options)).toThrow(message);
  try {
    new MongoBackend(options);
  } catch (error) {
    expect(YTaskError.isInstance(error, ErrorCode.InvalidArgument)).toBe(true);
  }
});

it("leaves what the url says as it is", () => {
  const optionsOf = (url: string, poolSize?: number) => readOptions({ url, poolSize }).client.options;
  const ours = {
    appName: "ytask",
    maxPoolSize: 10,
    serverSelectionTimeoutMS: 2_000,
    connectTimeoutMS: 2_000,
  };
  expect(optionsOf("mongodb://ada:secret@127.0.0.1:1,127.0.0.1:2")).toMatchObject(ours);
  expect(optionsOf("mongodb://127.0.0.1:1/other?w=1", 3)).toMatchObject({ ...ours, maxPoolSize: 3 });
  expect(optionsOf("mongodb://127.0.0.1:1/?minPoolSize=20")).toMatchObject({ ...ours, maxPoolSize: 20 });
  const all = "appName=mine&maxPoolSize=3&serverselectiontimeoutms=250&connectTimeoutMS=300";
  expect(optionsOf(`mongodb://ada:secret@127.0.0.1:1/?${all}`)).toMatchObject({
    appName: "mine",
    maxPoolSize: 3,
    serverSelectionTimeoutMS: 250,
    connectTimeoutMS: 300,
  });
});

it("never tells a password", async () => {
  const refused = "mongodb://ada:secret@127.0.0.1:1/?unknownOption=1";
  expect(() => new MongoBackend({ url: refused })).toThrow(/^(?!.*secret)/);
  const backend = new MongoBackend({ url: "mongodb://ada:secret@127.0.0.1:1" });
  await expect(backend.connect()).rejects.toThrow(/^MongoDB cannot be reached(?!.*secret)/);
});
