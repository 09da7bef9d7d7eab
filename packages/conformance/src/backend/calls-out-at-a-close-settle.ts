import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { orYTaskError } from "../or-ytask-error.js";
import { awaitedLater } from "../settles.js";
import type { BackendBehaviour } from "./backend-behaviour.js";
import { read } from "./put.js";

/** In each round, one more turn of the event loop passes before the close, so that it meets the calls further on. */
const rounds = 8;

export const callsOutAtACloseSettle: BackendBehaviour = {
  name: "a call that is out when its backend closes settles, and a set that was stored is there",
  async run(bench) {
    const other = await bench.connect();
    for (let round = 0; round < rounds; round++) {
      const backend = await bench.connect();
      const key = bench.key();
      const setting = awaitedLater(backend.set([{ key, value: "1", expiresInSeconds: 300 }]));
      const getting = awaitedLater(orYTaskError("get", backend.get([key])));
      for (let turns = 0; turns < round; turns++) await turn();
      await backend.close();
      const [[outcome]] = await Promise.all([setting, getting]);
      if (outcome?.kind === "stored") assert.equal(await read(other, key), "1");
    }
  },
};
