import assert from "node:assert/strict";
import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { read } from "./put.js";

export const connectRejectsWithoutAnAnswer: BackendBehaviour = {
  name: "a connect to a server that does not answer rejects with `Connection`, and works once it answers",
  needs: ["stall"],
  async run(bench) {
    const backend = await bench.create();
    await bench.stall(backend);
    await assert.rejects(backend.connect(), (error) => YTaskError.isInstance(error, ErrorCode.Connection));
    await bench.mend(backend);
    await backend.connect();
    assert.equal(await read(backend, bench.key()), undefined);
  },
};
