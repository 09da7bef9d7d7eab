import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { read } from "./put.js";

/** A server's clock may count whole seconds: it can be this early, and this late. */
const tickMs = 1_000;
/** For the rounding of timers and clocks. */
const marginMs = 100;
const lastingMs = 4_000;

export const expiredIsGone: BackendBehaviour = {
  name: "a value is gone when its expiry is over, and stays until then or forever",
  async run(bench) {
    const backend = await bench.connect();
    const [minutes = "", brief = "", lasting = "", forever = ""] = bench.keys(4);
    const setMs = performance.now();
    await backend.set([
      { key: minutes, value: "minutes", expiresInSeconds: 300 },
      { key: brief, value: "brief", expiresInSeconds: 1 },
      { key: lasting, value: "lasting", expiresInSeconds: lastingMs / 1_000 },
      { key: forever, value: "forever" },
    ]);
    await sleep(1_000 + tickMs + marginMs);
    assert.equal(await read(backend, brief), undefined, "what expires in a second is gone two seconds later");
    await bench.eventually("what expires in four seconds is gone", async () => {
      return (await read(backend, lasting)) === undefined;
    });
    const goneMs = performance.now() - setMs;
    assert.ok(goneMs >= lastingMs - tickMs - marginMs, `it expired ${goneMs.toFixed(0)} ms after it was set`);
    assert.deepEqual(await backend.get([brief, minutes, forever]), [undefined, "minutes", "forever"]);
  },
};
