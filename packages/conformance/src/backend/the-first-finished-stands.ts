import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";
import { finishedBy, running } from "./results.js";

const rounds = 20;

export const theFirstFinishedStands: BackendBehaviour = {
  name: "of two servers that finish one task at once the first one's result stands, whatever else is written",
  needs: ["atomicUnlessFinished"],
  async run(bench) {
    const first = await bench.connect();
    const second = await bench.connect();
    for (let round = 0; round < rounds; round++) {
      const key = bench.key(`-${round}`);
      const write = (backend: typeof first, value: string) =>
        put(backend, { key, value, unless: "finished" });
      const [, one, , other] = await Promise.all([
        write(first, running),
        write(first, finishedBy("first")),
        write(second, running),
        write(second, finishedBy("second")),
      ]);
      assert.deepEqual([one, other].sort(), ["kept", "stored"]);
      assert.equal(await read(first, key), finishedBy(one === "stored" ? "first" : "second"));
    }
  },
};
