import { ErrorCode, YTaskError } from "@ytask/core/driver";
import { expect, it } from "vitest";
import { MemcacheBackend, type MemcacheBackendOptions } from "../src/index.js";

it.each([
  [undefined, /either `servers` or `client`/],
  [{}, /either `servers` or `client`/],
  [{ servers: "" }, /servers\[0\]/],
  [{ servers: [] }, /at least one server/],
  [{ servers: "host:0" }, /servers\[0\]/],
  [{ servers: "host:70000" }, /servers\[0\]/],
  [{ servers: ["good:1", "memcached://host"] }, /servers\[1\]/],
  [{ servers: "host", poolSize: 0 }, /poolSize/],
  [{ servers: "host", commandTimeoutMs: -1 }, /commandTimeoutMs/],
  [null, /must be an object/],
  [{ servers: 5 }, /servers must be a string, or an array of strings/],
  [{ client: {} }, /client must be a Client of memjs/],
  [{ server: "host" }, /no option "server"; there are servers, client, username/],
] satisfies [unknown, RegExp][])("refuses the options %j", (given, message) => {
  const options = given as MemcacheBackendOptions;
  expect(() => new MemcacheBackend(options)).toThrow(message);
  try {
    new MemcacheBackend(options);
  } catch (error) {
    expect(YTaskError.isInstance(error, ErrorCode.InvalidArgument)).toBe(true);
  }
});

it("never tells a password", async () => {
  expect(() => new MemcacheBackend({ servers: "user:secret@host:no-port" })).toThrow(/^(?!.*secret)/);
  const backend = new MemcacheBackend({ servers: "user:sec@ret@127.0.0.1:1" });
  await expect(backend.connect()).rejects.toThrow(/^memcached 127\.0\.0\.1:1 cannot be reached(?!.*sec)/);
});
