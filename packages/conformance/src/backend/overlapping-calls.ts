import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const overlappingCalls: BackendBehaviour = {
  name: "sets and gets may overlap",
  async run(bench) {
    const backend = await bench.connect();
    await Promise.all(
      bench.keys(200).map(async (key) => {
        await put(backend, { key, value: `value of ${key}`, expiresInSeconds: 300 });
        assert.equal(await read(backend, key), `value of ${key}`);
      }),
    );
  },
};
