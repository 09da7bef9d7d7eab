import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";
import { finished, finishedBy, running, unfinished } from "./results.js";

export const unlessFinishedKeeps: BackendBehaviour = {
  name: "`unless: finished` keeps a finished result, and replaces any other",
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    for (const value of finished) {
      const key = bench.key();
      assert.equal(await put(backend, { key, value, unless: "finished" }), "stored");
      for (const late of [running, finishedBy("other")])
        assert.equal(await put(other, { key, value: late, unless: "finished" }), "kept", value);
      assert.equal(await read(other, key), value);
    }
    for (const value of unfinished) {
      const key = bench.key();
      await put(backend, { key, value });
      assert.equal(await put(other, { key, value: running, unless: "finished" }), "stored", value);
      assert.equal(await read(backend, key), running);
    }
  },
};
