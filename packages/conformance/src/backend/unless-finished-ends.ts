import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";
import { finishedBy, sent } from "./results.js";

export const unlessFinishedEnds: BackendBehaviour = {
  name: "a finished result that expired is kept no longer, and a plain set replaces one at any time",
  async run(bench) {
    const backend = await bench.connect();
    const [brief = "", redriven = ""] = bench.keys(2);
    await put(backend, { key: brief, value: finishedBy("first"), expiresInSeconds: 1 });
    await bench.eventually("what expired is stored anew", async () => {
      return (
        (await put(backend, { key: brief, value: finishedBy("second"), unless: "finished" })) === "stored"
      );
    });
    assert.equal(await read(backend, brief), finishedBy("second"));
    await put(backend, { key: redriven, value: finishedBy("first"), unless: "finished" });
    assert.equal(await put(backend, { key: redriven, value: sent }), "stored");
    assert.equal(
      await put(backend, { key: redriven, value: finishedBy("second"), unless: "finished" }),
      "stored",
    );
    assert.equal(await read(backend, redriven), finishedBy("second"));
  },
};
