import { expect, it } from "vitest";
import { DriverHold } from "../../src/driver-hold.js";
import { resultKey } from "../../src/keys.js";
import { ResultStore } from "../../src/results/result-store.js";
import { parseResult } from "../../src/results/result-text.js";
import { Status } from "../../src/results/status.js";
import { StatusWriter } from "../../src/results/status-writer.js";
import { World } from "../support/world.js";

it("a status that comes after a finished result, before either is written, does not replace it", async () => {
  const world = new World();
  const backend = world.backend();
  const store = new ResultStore(backend, new DriverHold(backend), world.clock, world.log);
  const writer = new StatusWriter(store, { statusExpires: -1, resultExpires: -1 }, world.log);
  writer.note("a", () => ({ id: "a", status: Status.FirstRunning }));
  writer.store({ id: "a", status: Status.Success, returned: ["7"] });
  writer.note("a", () => ({ id: "a", status: Status.WaitingRetry }));
  await writer.flush();
  const [stored] = await backend.get([resultKey("a")]);
  expect(parseResult(stored ?? "")).toMatchObject({ status: Status.Success, returned: ["7"] });
});
