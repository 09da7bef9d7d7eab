import { afterEach, expect } from "vitest";
import { silentLogger } from "../../src/driver.js";
import { Client, ErrorCode, Server } from "../../src/index.js";
import { MemoryBackend, MemoryBroker } from "../../src/memory/index.js";

/** Drivers of their own, for a server and its clients. */
export const makeDrivers = () => ({
  broker: new MemoryBroker(),
  backend: new MemoryBackend(),
  logger: silentLogger,
});

/** What JavaScript callers may hand over, whatever the types say. */
export const untyped = (value: unknown) => value as never;

/** An `InvalidArgument` whose message has these parts, as patterns, in their order. */
export const refusal = (...parts: readonly string[]) =>
  expect.objectContaining({
    name: "YTaskError",
    code: ErrorCode.InvalidArgument,
    message: expect.stringMatching(new RegExp(parts.join(".*"), "s")),
  });

/** A YTaskError with this code, whose message has this part. */
export const coded = (code: number, part: string) =>
  expect.objectContaining({ name: "YTaskError", code, message: expect.stringContaining(part) });

/** What no name may be. */
export const badNames = ["", undefined, null, 5, {}, []];

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A server that ends with the test. */
export function makeServer(more: object = {}): Server {
  const server = new Server({ ...makeDrivers(), ...more });
  open.push(() => server.shutdown());
  return server;
}

/** A client that ends with the test. */
export function makeClient(more: object = {}): Client {
  const client = new Client({ ...makeDrivers(), ...more });
  open.push(() => client.close());
  return client;
}
