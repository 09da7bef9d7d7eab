import assert from "node:assert/strict";
import { YTaskError } from "@ytask/core/driver";
import type { BackendBehaviour } from "./backend-behaviour.js";

export const aClosedBackendFails: BackendBehaviour = {
  name: "a closed backend rejects a get and fails a set, and a second close does no harm",
  async run(bench) {
    const backend = await bench.connect();
    const key = bench.key();
    await backend.close();
    await backend.close();
    await assert.rejects(backend.get([key]), (error) => YTaskError.isInstance(error));
    const outcomes = await backend.set([
      { key, value: "1" },
      { key, value: "2", unless: "finished" },
    ]);
    assert.deepEqual(
      outcomes.map((outcome) => outcome.kind),
      ["failed", "failed"],
    );
  },
};
