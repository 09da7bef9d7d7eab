import assert from "node:assert/strict";
import { connectsOnceMended } from "../connects-once-mended.js";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { read } from "./put.js";

export const connectRejectsWithoutAnAnswer: BackendBehaviour = {
  name: "a connect to a server that does not answer rejects with `Connection`, and works once it answers",
  needs: ["stall"],
  async run(bench) {
    const backend = await bench.create();
    await bench.stall(backend);
    await connectsOnceMended(backend, () => bench.mend(backend));
    assert.equal(await read(backend, bench.key()), undefined);
  },
};
