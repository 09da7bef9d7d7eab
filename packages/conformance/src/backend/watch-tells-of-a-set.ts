import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { put, read } from "./put.js";

export const watchTellsOfASet: BackendBehaviour = {
  name: "a watch tells each of its listeners of a set from anywhere",
  needs: ["watch"],
  async run(bench) {
    const backend = await bench.connect();
    const other = await bench.connect();
    const key = bench.key();
    const calls = [0, 0];
    await backend.watch(key, () => calls.splice(0, 1, (calls[0] ?? 0) + 1));
    await backend.watch(key, () => calls.splice(1, 1, (calls[1] ?? 0) + 1));
    for (const [round, writer] of [other, backend, other].entries()) {
      const before = [...calls];
      await put(writer, { key, value: `round ${round}`, expiresInSeconds: 300, unless: "finished" });
      await bench.eventually("each listener is told", () =>
        calls.every((count, at) => count > (before[at] ?? 0)),
      );
      assert.equal(await read(backend, key), `round ${round}`);
    }
  },
};
