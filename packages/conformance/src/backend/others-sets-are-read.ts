import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

/** Clients wait for what servers store by reading again and again. */
export const othersSetsAreRead: BackendBehaviour = {
  name: "what another stores is read at once, whatever was read before",
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    const key = bench.key();
    assert.equal(await read(backend, key), undefined);
    for (const value of ["first", "second"]) {
      await put(other, { key, value, expiresInSeconds: 300 });
      assert.equal(await read(backend, key), value);
    }
  },
};
