import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const expiredIsGone: BackendBehaviour = {
  name: "a value is gone when its expiry is over, and stays until then or forever",
  async run(bench) {
    const backend = await bench.connect();
    const [brief = "", minute = "", forever = ""] = bench.keys(3);
    await put(backend, { key: brief, value: "brief", expiresInSeconds: 1 });
    await put(backend, { key: minute, value: "minute", expiresInSeconds: 300 });
    await put(backend, { key: forever, value: "forever" });
    await bench.eventually("a value that expires in a second is gone", async () => {
      return (await read(backend, brief)) === undefined;
    });
    assert.deepEqual(await backend.get([brief, minute, forever]), [undefined, "minute", "forever"]);
  },
};
