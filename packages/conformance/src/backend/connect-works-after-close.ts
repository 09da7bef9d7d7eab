import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const connectWorksAfterClose: BackendBehaviour = {
  name: "a closed backend can be connected again, and what was stored is still there",
  async run(bench) {
    const backend = await bench.connect();
    const key = bench.key();
    await put(backend, { key, value: "1", expiresInSeconds: 300 });
    for (let round = 0; round < 2; round++) {
      await backend.close();
      await backend.connect();
      assert.equal(await read(backend, key), "1");
    }
  },
};
