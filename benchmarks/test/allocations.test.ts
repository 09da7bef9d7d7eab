import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { describe, expect, it } from "vitest";
import { allocatedBytes } from "./support/heap-samples.js";
import { fill, newClient, runTasks } from "./support/run-tasks.js";

describe("the memory that a task takes on its way", () => {
  const count = 5_000;

  it("allocates at most 9 KB from receipt to stored result", async () => {
    const drivers = { broker: new MemoryBroker(), backend: new MemoryBackend() };
    const client = newClient(drivers);
    await fill(client, count); // and once for the compiler
    await runTasks(drivers, 100, count);
    await fill(client, count);
    const bytes = await allocatedBytes(() => runTasks(drivers, 100, count));
    await client.close();
    expect(bytes / count).toBeLessThan(9_000);
  });

  it("allocates at most 6 KB for each task of a sendMany", async () => {
    const client = newClient({ broker: new MemoryBroker(), backend: new MemoryBackend() });
    await fill(client, count);
    const bytes = await allocatedBytes(() => fill(client, count));
    await client.close();
    expect(bytes / count).toBeLessThan(6_000);
  });
});
