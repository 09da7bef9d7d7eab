import assert from "node:assert/strict";
import type { Entry } from "@ytask/core/driver";
import type { BackendBehaviour } from "./backend-behaviour.js";
import type { BackendBench } from "./backend-bench.js";
import { running } from "./results.js";

/** Calls that set a key to a value that begins with `who`, each in a way at which a driver may be faster or slower. */
const ways: Readonly<Record<string, (bench: BackendBench, key: string, who: string) => readonly Entry[]>> = {
  "a single entry": (_, key, who) => [{ key, value: who }],
  "an entry with `unless: finished`": (_, key, who) => [
    { key, value: who, unless: "finished", expiresInSeconds: 300 },
  ],
  "a long value": (_, key, who) => [{ key, value: who + "x".repeat(100_000) }],
  "the last of five": (bench, key, who) => [...others(bench), { key, value: who }],
};

const others = (bench: BackendBench): readonly Entry[] =>
  bench.keys(4).map((key) => ({ key, value: running, unless: "finished" }));

export const callsTakeEffectInOrder: BackendBehaviour = {
  name: "of two calls for one key, whatever else they set, the later stands, though the earlier is not answered yet",
  async run(bench) {
    const backend = await bench.connect();
    for (const [firstWay, first] of Object.entries(ways))
      for (const [secondWay, second] of Object.entries(ways)) {
        const key = bench.key();
        const calls = [first(bench, key, "first"), second(bench, key, "second")];
        const outcomes = (await Promise.all(calls.map((entries) => backend.set(entries)))).flat();
        assert.ok(
          outcomes.every(({ kind }) => kind === "stored"),
          "each was to be stored",
        );
        const [value] = await backend.get([key]);
        assert.match(String(value), /^second/, `${firstWay}, then ${secondWay}`);
      }
  },
};
