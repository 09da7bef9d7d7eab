import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const oneOfManyIsStored: BackendBehaviour = {
  name: "of fifty sets at once with `unless: present` one is stored, and that one stands",
  async run(bench) {
    const backends = [await bench.connect(), await bench.connect()];
    const key = bench.key();
    const outcomes = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        backends.map((backend, at) => put(backend, { key, value: `${index} ${at}`, unless: "present" })),
      ).flat(),
    );
    const stored = outcomes.flatMap((outcome, index) =>
      outcome === "stored" ? [`${Math.floor(index / 2)} ${index % 2}`] : [],
    );
    assert.equal(stored.length, 1, `${stored.length} were stored`);
    for (const backend of backends) assert.equal(await read(backend, key), stored[0]);
  },
};
