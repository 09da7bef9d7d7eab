import type { BackendBehaviour } from "./backend-behaviour.js";

const count = 300;

export const manyWatches: BackendBehaviour = {
  name: "three hundred keys are watched at once",
  needs: ["watch"],
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    const keys = bench.keys(count);
    const told = new Set<string>();
    const ends = await Promise.all(keys.map((key) => backend.watch(key, () => void told.add(key))));
    await other.set(keys.map((key) => ({ key, value: "1", expiresInSeconds: 300 })));
    await bench.eventually("each key is told of", () => told.size === count);
    await Promise.all(ends.map((end) => end()));
  },
};
