import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const aSetRenewsTheExpiry: BackendBehaviour = {
  name: "a value that is set again has the new value and the new expiry",
  async run(bench) {
    const backend = await bench.connect();
    const [longer = "", forever = "", shorter = ""] = bench.keys(3);
    await put(backend, { key: longer, value: "old", expiresInSeconds: 1 });
    await put(backend, { key: forever, value: "old", expiresInSeconds: 1 });
    await put(backend, { key: shorter, value: "old" });
    await put(backend, { key: longer, value: "new", expiresInSeconds: 300 });
    await put(backend, { key: forever, value: "new" });
    await put(backend, { key: shorter, value: "new", expiresInSeconds: 1 });
    await bench.eventually("the shorter expiry is over", async () => {
      return (await read(backend, shorter)) === undefined;
    });
    // Until the old expiry is certainly over.
    await sleep(1_200);
    assert.deepEqual(await backend.get([longer, forever]), ["new", "new"]);
  },
};
