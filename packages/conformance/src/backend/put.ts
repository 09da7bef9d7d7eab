import assert from "node:assert/strict";
import type { Backend, Entry, Stored } from "@ytask/core/driver";

/** The outcome of one entry. Fails if the backend could not store it. */
export async function put(backend: Backend, entry: Entry): Promise<Stored["kind"]> {
  const [outcome, ...others] = await backend.set([entry]);
  assert.ok(outcome !== undefined && others.length === 0, "set gives one outcome for each entry");
  if (outcome.kind === "failed") throw outcome.error;
  return outcome.kind;
}

/** The value of one key. */
export async function read(backend: Backend, key: string): Promise<string | undefined> {
  const values = await backend.get([key]);
  assert.equal(values.length, 1, "get gives one value for each key");
  return values[0];
}
