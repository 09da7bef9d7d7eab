import assert from "node:assert/strict";
import { YTaskError } from "@ytask/core/driver";
import { awaitedLater } from "../settles.js";
import type { BackendBench } from "./backend-bench.js";
import type { BoundedBackend } from "./bounded-backend.js";
import { put, read } from "./put.js";

/** Shows that calls fail while the server cannot be reached, work again when it is back, and write nothing later. */
export async function everyCallFails(
  bench: BackendBench,
  takeAway: (backend: BoundedBackend) => Promise<void>,
): Promise<void> {
  const backend = await bench.connect();
  const [key = "", failed = ""] = bench.keys(2);
  await put(backend, { key, value: "before", expiresInSeconds: 300 });
  await takeAway(backend);
  const entry = { expiresInSeconds: 300, value: "meanwhile" };
  const reading = awaitedLater(assert.rejects(backend.get([key]), (error) => YTaskError.isInstance(error)));
  const outcomes = await backend.set([
    { ...entry, key },
    { ...entry, key: failed, unless: "present" },
  ]);
  for (const outcome of outcomes) {
    assert.ok(outcome.kind === "failed", "set was to fail");
    assert.ok(YTaskError.isInstance(outcome.error), `the error was to be a YTaskError, not ${outcome.error}`);
  }
  await reading;

  await bench.mend(backend);
  await bench.eventually("a get works again", () =>
    read(backend, key).then(
      () => true,
      () => false,
    ),
  );
  await bench.eventually("a set works again", async () => {
    const [outcome] = await backend.set([{ key: bench.key(), value: "after", expiresInSeconds: 300 }]);
    return outcome?.kind === "stored";
  });
  assert.deepEqual(
    await backend.get([key, failed]),
    ["before", undefined],
    "a set that failed was written later",
  );
}
