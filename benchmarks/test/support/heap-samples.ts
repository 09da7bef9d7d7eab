import type { HeapProfiler } from "node:inspector";
import { Session } from "node:inspector/promises";

/** Bytes that `work` allocates, those included that are free again: by V8's own samples, so within a few per cent. */
export const allocatedBytes = (work: () => Promise<void>): Promise<number> => sampledBytes(work, true);

/** Those of the bytes that outlive the first collection after they were allocated, or are old at once. */
export const outlivingBytes = (work: () => Promise<void>): Promise<number> => sampledBytes(work, false);

async function sampledBytes(work: () => Promise<void>, withShortLived: boolean): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 8_192,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: withShortLived,
  });
  await work();
  // What waits for its first collection would count as if it had outlived it.
  if (globalThis.gc === undefined) throw new Error("run with --expose-gc");
  await globalThis.gc({ type: "minor", execution: "async" });
  const { profile } = await session.post("HeapProfiler.stopSampling");
  session.disconnect();
  return bytesBelow(profile.head);
}

const bytesBelow = ({ selfSize, children }: HeapProfiler.SamplingHeapProfileNode): number =>
  children.reduce((sum, child) => sum + bytesBelow(child), selfSize);
