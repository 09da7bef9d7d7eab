import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";

const count = 500;

export const largeBatches: BackendBehaviour = {
  name: "five hundred keys are set in one call and read in one call",
  async run(bench) {
    const backend = await bench.connect();
    const keys = bench.keys(count);
    const outcomes = await backend.set(
      keys.map((key, index) => ({ key, value: `value ${index}`, expiresInSeconds: 300 })),
    );
    assert.ok(
      outcomes.every(({ kind }) => kind === "stored"),
      "each was to be stored",
    );
    assert.equal(outcomes.length, count);
    const asked = [...keys, ...bench.keys(10)].reverse();
    const expected = [
      ...keys.map((_, index) => `value ${index}`),
      ...Array.from({ length: 10 }, () => undefined),
    ];
    assert.deepEqual(await backend.get(asked), expected.reverse());
  },
};
