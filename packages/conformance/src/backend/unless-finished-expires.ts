import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put } from "./put.js";
import { finishedBy, running } from "./results.js";

export const unlessFinishedExpires: BackendBehaviour = {
  name: "what is stored with `unless: finished` has its own expiry, whether it is new or replaces another",
  async run(bench) {
    const backend = await bench.connect();
    const [renewed = "", fresh = "", ended = "", endless = ""] = bench.keys(4);
    const set = (key: string, value: string, expiresInSeconds: number | undefined) =>
      put(backend, { key, value, expiresInSeconds, unless: "finished" });
    await set(renewed, running, 1);
    await set(endless, running, 1);
    await set(ended, running, undefined);
    await set(fresh, running, 1);
    await set(ended, finishedBy("first"), 1);
    await set(renewed, finishedBy("first"), 300);
    await set(endless, finishedBy("first"), undefined);
    // The values that expire in a second were stored after the expiries were renewed, so those are over then too.
    await bench.eventually("what expires in a second is gone", async () =>
      (await backend.get([fresh, ended])).every((value) => value === undefined),
    );
    assert.deepEqual(await backend.get([renewed, endless]), [finishedBy("first"), finishedBy("first")]);
  },
};
