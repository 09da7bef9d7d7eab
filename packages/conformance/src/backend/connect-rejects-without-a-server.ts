import assert from "node:assert/strict";
import { connectsOnceMended } from "../connects-once-mended.js";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { read } from "./put.js";

export const connectRejectsWithoutAServer: BackendBehaviour = {
  name: "a connect to a server that cannot be reached rejects with `Connection`, and works once it can",
  needs: ["cut"],
  async run(bench) {
    const backend = await bench.create();
    await bench.cut(backend);
    await connectsOnceMended(backend, () => bench.mend(backend));
    assert.equal(await read(backend, bench.key()), undefined);
  },
};
