import assert from "node:assert/strict";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { read } from "./put.js";
import { finishedBy, running } from "./results.js";

export const theLaterOfTwoEntriesStands: BackendBehaviour = {
  name: "of two entries for one key in a batch each is taken in turn, and the later stands",
  async run(bench) {
    const backend = await bench.connect();
    const [plain = "", once = "", ended = "", mixed = ""] = bench.keys(4);
    const outcomes = await backend.set([
      { key: plain, value: "first" },
      { key: once, value: "first", unless: "present" },
      { key: ended, value: running, unless: "finished" },
      { key: mixed, value: finishedBy("first"), unless: "present" },
      { key: plain, value: "second" },
      { key: once, value: "second", unless: "present" },
      { key: ended, value: finishedBy("first"), unless: "finished" },
      { key: ended, value: finishedBy("second"), unless: "finished" },
      { key: mixed, value: finishedBy("second"), unless: "finished" },
    ]);
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ["stored", "stored", "stored", "stored", "stored", "kept", "stored", "kept", "kept"],
    );
    assert.equal(await read(backend, plain), "second");
    assert.equal(await read(backend, once), "first");
    assert.equal(await read(backend, ended), finishedBy("first"));
    assert.equal(await read(backend, mixed), finishedBy("first"));
  },
};
