import { randomUUID } from "node:crypto";
import { ErrorCode } from "@ytask/core/driver";
import { describeWithServer, startProxy } from "@ytask-internal/test-servers";
import { afterEach, expect, it, vi } from "vitest";
import { MongoBackend } from "../src/index.js";
import { ownBackend } from "./own-backend.js";

/** By then the write that was begun in this turn is under way, and what comes next waits for it. */
const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

describeWithServer("mongo", "a result that waits for the write before it", () => {
  const shared = ownBackend();
  const entryOf = (value: string) => ({ key: `YTask:Backend:${randomUUID()}`, value });
  afterEach(() => vi.restoreAllMocks());

  it("is stored though the machine's clock is set forward meanwhile", async () => {
    const first = shared.backend.set([entryOf("1")]);
    await nextTurn();
    const behind = shared.backend.set([entryOf("2"), entryOf("3")]);
    const realNow = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => realNow() + 3_600_000);
    expect([...(await first), ...(await behind)]).toEqual(Array(3).fill({ kind: "stored" }));
  });

  it("is stored though that is too large for the line", async () => {
    const { hostname, port } = new URL(shared.mongo.url);
    const proxy = await startProxy(Number(port), hostname);
    const url = `mongodb://127.0.0.1:${proxy.port}`;
    const backend = new MongoBackend({ url, ...shared.own.options, commandTimeoutMs: 2_000 });
    await backend.connect();
    proxy.throttle(2_000_000);
    const large = backend.set([entryOf("x".repeat(8_000_000))]);
    await nextTurn();
    const small = backend.set([entryOf("1"), entryOf("2")]);
    expect(await large).toMatchObject([{ kind: "failed", error: { code: ErrorCode.TimeOut } }]);
    expect(await small).toEqual([{ kind: "stored" }, { kind: "stored" }]);
    await backend.close();
    await proxy.close();
  });
});
