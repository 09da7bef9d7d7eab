import type { HeapProfiler } from "node:inspector";
import { Session } from "node:inspector/promises";
import { MemoryBackend, MemoryBroker } from "@ytask/core/memory";
import { describe, expect, it } from "vitest";
import { fill, newClient, runTasks } from "./support/run-tasks.js";

const sampleBytes = 8_192;

/** Bytes that `work` allocates, those included that are free again: by V8's own samples, so within a few per cent. */
async function allocatedBytes(work: () => Promise<void>): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: sampleBytes,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  });
  await work();
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  return bytesBelow(profile.head);
}

const bytesBelow = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + bytesBelow(child), selfSize);

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
