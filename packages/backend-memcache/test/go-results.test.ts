import { randomUUID } from "node:crypto";
import { parseResult } from "@ytask/core/wire";
import { capturesOf } from "@ytask-internal/go-captures";
import { describeWithOwnServer, type MemcachedServer, startMemcached } from "@ytask-internal/test-servers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { MemcacheBackend } from "../src/index.js";
import { raw, rawGet, secondsLeft } from "./raw.js";

/** What a server of the Go original, v3.0.2, sent to memcached. */
const captured = capturesOf("results-v3.0.2-memcache").filter(({ kind }) => kind === "result");

describeWithOwnServer("memcached", "beside the Go original", () => {
  let server: MemcachedServer;
  let backend: MemcacheBackend;
  beforeAll(async () => {
    server = await startMemcached();
    backend = new MemcacheBackend({ servers: server.servers });
    await backend.connect();
  });
  afterAll(async () => {
    await backend?.close();
    await server?.stop();
  });

  it("reads every result that a Go server stores", async () => {
    // Those that expire in the past are gone at once: the original does not turn more than 30 days into a date.
    const lasting = captured.filter(({ command }) => {
      const expiry = Number(String(command).split(" ")[3]);
      return expiry > 0 && expiry <= 2_592_000;
    });
    expect(lasting.length).toBeGreaterThan(100);
    for (const { command, body, key, status } of lasting) {
      await raw(server.port, `${command}\r\n${body}\r\n`, "STORED");
      const [value] = await backend.get([key]);
      expect(value).toBe(body);
      expect(parseResult(value ?? "").status).toBe(status);
    }
  });

  it("stores under the key and with the flags and the expiry that a Go client expects", async () => {
    const key = `YTask:Backend:${randomUUID()}`;
    const value = captured[0]?.body ?? "";
    await backend.set([{ key, value, expiresInSeconds: 86_400 }]);
    expect(await rawGet(server.port, key)).toBe(
      `VALUE ${key} 0 ${Buffer.byteLength(value)}\r\n${value}\r\nEND\r\n`,
    );
    expect(await secondsLeft(server.port, key)).toBeGreaterThan(86_390);
  });

  it("keeps what a Go server finished from a status that comes late", async () => {
    const finished = captured.find(({ status, body }) => status === 4 && body.includes('"Workflow":null'));
    const { key = "", body = "", command = "" } = finished ?? {};
    await raw(server.port, `${command}\r\n${body}\r\n`, "STORED");
    const late = body.replace('"Status":4', '"Status":1');
    expect(await backend.set([{ key, value: late, unless: "finished" }])).toEqual([{ kind: "kept" }]);
    expect(await backend.get([key])).toEqual([body]);
  });

  it("makes a date of an expiry beyond 30 days, so that it is not taken for one of 1970", async () => {
    const key = `YTask:Backend:${randomUUID()}`;
    const seconds = 40 * 86_400;
    await backend.set([{ key, value: "1", expiresInSeconds: seconds }]);
    const left = await secondsLeft(server.port, key);
    expect(left).toBeGreaterThan(seconds - 60);
    expect(left).toBeLessThanOrEqual(seconds + 1);
    await backend.set([{ key, value: "1" }]);
    expect(await secondsLeft(server.port, key)).toBe(-1);
  });
});
