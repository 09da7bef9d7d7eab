import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { read } from "./put.js";

export const missingIsUndefined: BackendBehaviour = {
  name: "a key that was never set is undefined, and empty calls do nothing",
  async run(bench) {
    const backend = await bench.connect();
    assert.equal(await read(backend, bench.key()), undefined);
    assert.deepEqual(await backend.get([]), []);
    assert.deepEqual(await backend.set([]), []);
  },
};
