import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const twoUsersAreIndependent: BackendBehaviour = {
  name: "the close of one backend leaves another alone",
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    const key = bench.key();
    await put(other, { key, value: "1", expiresInSeconds: 300 });
    await other.close();
    assert.equal(await read(backend, key), "1");
    assert.equal(await put(backend, { key, value: "2", expiresInSeconds: 300 }), "stored");
  },
};
