import assert from "node:assert/strict";
import { ErrorCode, YTaskError } from "@ytask/core/driver";
import type { BackendBehaviour } from "./backend-behaviour.js";

/** More than memcached's default for an item, and more than 1 MiB. */
const large = "0123456789".repeat(150_000);

export const largeValuesAreWhole: BackendBehaviour = {
  name: "a value of 1.5 MB is stored whole or fails with `TooLarge`, and what is set with it is stored",
  async run(bench) {
    const backend = await bench.connect();
    const keys = bench.keys(3);
    const [before, outcome, after] = await backend.set(
      keys.map((key, index) => ({ key, value: index === 1 ? large : "small" })),
    );
    assert.deepEqual([before?.kind, after?.kind], ["stored", "stored"]);
    const [first, value, third] = await backend.get(keys);
    assert.deepEqual([first, third], ["small", "small"]);
    if (outcome?.kind === "failed") {
      const { error } = outcome;
      assert.ok(
        YTaskError.isInstance(error, ErrorCode.TooLarge),
        `the error was to be TooLarge, not ${error}`,
      );
      assert.ok(value === undefined, "what failed was stored");
    } else assert.ok(value === large, "what was stored is not whole");
  },
};
