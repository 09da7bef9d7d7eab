import { Server } from "@ytask/core";
import { silentLogger } from "@ytask/core/driver";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { tasks } from "./tasks.js";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

test("a sum is not made before its minute", async () => {
  const server = new Server({
    broker: new MemoryBroker(),
    backend: new MemoryBackend(),
    logger: silentLogger,
  });
  server.addAll(tasks);
  await server.run("math");
  const client = server.client<typeof tasks>();

  const task = await client.send("math", "add", [1, 2], { runAfterMs: 60_000 });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await task.value()).toBe(3);

  await client.close();
  await server.shutdown();
});
