import assert from "node:assert/strict";
import { texts } from "../texts.js";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const valuesSurvive: BackendBehaviour = {
  name: "a value is read as it was stored, whatever text it is, and by others too",
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    for (const [kind, value] of Object.entries(texts)) {
      const key = bench.key();
      assert.equal(await put(backend, { key, value }), "stored");
      assert.ok((await read(other, key)) === value, `the text did not survive: ${kind}`);
    }
  },
};
