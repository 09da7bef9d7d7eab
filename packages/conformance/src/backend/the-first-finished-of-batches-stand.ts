import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import type { BoundedBackend } from "./bounded-backend.js";
import { finishedBy } from "./results.js";

const count = 200;

export const theFirstFinishedOfBatchesStand: BackendBehaviour = {
  name: "of two servers that finish two hundred tasks at once, each in one call, the first one's result of each stands",
  needs: ["atomicUnlessFinished"],
  async run(bench) {
    const first = await bench.connect();
    const second = await bench.connect();
    const keys = bench.keys(count);
    const write = (backend: BoundedBackend, who: string) =>
      backend.set(keys.map((key) => ({ key, value: finishedBy(who), unless: "finished" })));
    const [one, other] = await Promise.all([write(first, "first"), write(second, "second")]);
    const values = await first.get(keys);
    for (const index of keys.keys()) {
      const kinds = [one[index]?.kind, other[index]?.kind];
      assert.deepEqual([...kinds].sort(), ["kept", "stored"], `the outcomes of entry ${index}`);
      assert.equal(values[index], finishedBy(kinds[0] === "stored" ? "first" : "second"));
    }
  },
};
