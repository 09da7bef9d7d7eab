import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put } from "./put.js";

export const unwatchEnds: BackendBehaviour = {
  name: "a watch that was ended tells no more, and another on the same key goes on",
  needs: ["watch"],
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    const key = bench.key();
    let ended = 0;
    let going = 0;
    const unwatch = await backend.watch(key, () => void ended++);
    await backend.watch(key, () => void going++);
    await put(other, { key, value: "1", expiresInSeconds: 300 });
    await bench.eventually("both are told", () => ended > 0 && going > 0);
    await unwatch();
    await unwatch();
    const [endedBefore, goingBefore] = [ended, going];
    await put(other, { key, value: "2", expiresInSeconds: 300 });
    await bench.eventually("the other is told", () => going > goingBefore);
    assert.equal(ended, endedBefore);
  },
};
