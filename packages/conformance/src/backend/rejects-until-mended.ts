import assert from "node:assert/strict";
import { rejectsWithConnection } from "../rejects-with-connection.js";
import type { BackendBench } from "./backend-bench.js";
import type { BoundedBackend } from "./bounded-backend.js";
import { read } from "./put.js";

/** Connects to what cannot be used, which rejects with `Connection`, and again once it can. */
export async function rejectsUntilMended(bench: BackendBench, backend: BoundedBackend): Promise<void> {
  await rejectsWithConnection(backend.connect());
  await bench.mend(backend);
  await backend.connect();
  assert.equal(await read(backend, bench.key()), undefined);
}
