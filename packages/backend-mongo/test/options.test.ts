import { ErrorCode, YTaskError } from "@ytask/core/driver";
import { MongoClient } from "mongodb";
import { expect, it } from "vitest";
import { MongoBackend, type MongoBackendOptions } from "../src/index.js";

const client = new MongoClient("mongodb://127.0.0.1:1");

it.each([
  ["nothing", {}, /either `url` or `client`/],
  ["both", { url: "mongodb://127.0.0.1:1", client }, /either `url` or `client`/],
  ["a pool size for a client", { client, poolSize: 5 }, /poolSize/],
  ["no connections", { url: "mongodb://127.0.0.1:1", poolSize: 0 }, /poolSize/],
  ["no time", { url: "mongodb://127.0.0.1:1", commandTimeoutMs: 0 }, /commandTimeoutMs/],
  ["nothing at all", null, /must be an object/],
  ["an unknown name", { uri: "mongodb://127.0.0.1:1" }, /no option "uri"; there are url, client/],
  ["a url that is no text", { url: 5 }, /url must be a string/],
  ["a client that is none", { client: {} }, /client must be a MongoClient/],
  [
    "an empty database",
    { url: "mongodb://127.0.0.1:1", database: "" },
    /database must be a string that is not/,
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

it("never tells a password", async () => {
  const refused = "mongodb://ada:secret@127.0.0.1:1/?unknownOption=1";
  expect(() => new MongoBackend({ url: refused })).toThrow(/^(?!.*secret)/);
  const backend = new MongoBackend({ url: "mongodb://ada:secret@127.0.0.1:1" });
  await expect(backend.connect()).rejects.toThrow(/^MongoDB cannot be reached(?!.*secret)/);
});
