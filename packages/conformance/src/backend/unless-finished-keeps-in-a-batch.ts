import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { finishedBy, running } from "./results.js";

const count = 200;

export const unlessFinishedKeepsInABatch: BackendBehaviour = {
  name: "of a batch of two hundred with `unless: finished` each finished result is kept, and each other replaced",
  async run(bench) {
    const backend = await bench.connect();
    const keys = bench.keys(count);
    const isDone = (index: number) => index % 3 === 0 || index >= count / 2;
    await backend.set(
      keys.map((key, index) => ({ key, value: isDone(index) ? finishedBy("first") : running })),
    );
    const outcomes = await backend.set(
      keys.map((key) => ({ key, value: finishedBy("second"), unless: "finished" })),
    );
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      keys.map((_, index) => (isDone(index) ? "kept" : "stored")),
    );
    assert.deepEqual(
      await backend.get(keys),
      keys.map((_, index) => finishedBy(isDone(index) ? "first" : "second")),
    );
  },
};
