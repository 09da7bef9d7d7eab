import { ErrorCode } from "@ytask/core/driver";
import { expect, it } from "vitest";
import { RedisBackend, type RedisBackendOptions } from "../src/index.js";

it.each<[unknown, RegExp]>([
  [null, /must be an object/],
  [{ uri: "redis://127.0.0.1:6379" }, /no option "uri"/],
  [{ leaseMs: 1_000 }, /no option "leaseMs"/],
  [{ url: "not a url" }, /^new RedisBackend: options\.url must be redis:/],
  [{ client: {} }, /client must be a Redis or a Cluster/],
])("refuses the options %j", (options, what) => {
  // A caller without types may give anything.
  expect(() => new RedisBackend(options as RedisBackendOptions)).toThrow(
    expect.objectContaining({ code: ErrorCode.InvalidArgument, message: expect.stringMatching(what) }),
  );
});
