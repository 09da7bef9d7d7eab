import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put } from "./put.js";
import { finished, running, sent } from "./results.js";

export const aBatchKeepsItsOrder: BackendBehaviour = {
  name: "a batch gives each outcome and each value at its place",
  async run(bench) {
    const backend = await bench.connect();
    const [absent = "", present = "", done = "", plain = "", missing = ""] = bench.keys(5);
    const [success = ""] = finished;
    await put(backend, { key: present, value: sent });
    await put(backend, { key: done, value: success });
    const outcomes = await backend.set([
      { key: present, value: "new", unless: "present" },
      { key: absent, value: "new", unless: "present" },
      { key: done, value: running, unless: "finished" },
      { key: plain, value: "new", expiresInSeconds: 60 },
    ]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["kept", "stored", "kept", "stored"],
    );
    assert.deepEqual(await backend.get([plain, missing, present, absent, done, plain]), [
      "new",
      undefined,
      sent,
      "new",
      success,
      "new",
    ]);
  },
};
