import { expect, it } from "vitest";
import { DriverHold } from "../../src/driver-hold.js";
import { resultKey } from "../../src/keys.js";
import { ResultStore } from "../../src/results/result-store.js";
import { parseResult } from "../../src/results/result-text.js";
import { Status } from "../../src/results/status.js";
import { StatusWriter } from "../../src/results/status-writer.js";
import { World } from "../support/world.js";
import { wrapBackend } from "../support/wrap.js";

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

it("what is given while the backend is slow is written in full batches, and a flush waits for what came before it", async () => {
  const world = new World();
  const inner = world.backend();
  const sizes: number[] = [];
  const held: (() => void)[] = [];
  let isSlow = true;
  const backend = wrapBackend(inner, {
    async set(entries) {
      sizes.push(entries.length);
      if (isSlow) await new Promise<void>((resolve) => held.push(resolve));
      return inner.set(entries);
    },
  });
  const store = new ResultStore(backend, new DriverHold(backend), world.clock, world.log);
  const writer = new StatusWriter(store, { statusExpires: -1, resultExpires: -1 }, world.log, "present");
  const flushes: Promise<void>[] = [];
  for (let index = 0; index < 1_016; index++) {
    writer.note(`${index}`, () => ({ id: `${index}`, status: Status.Sent }));
    flushes.push(writer.flush());
  }
  await world.until(() => held.length === 16);
  isSlow = false;
  held[0]?.();
  await world.settle();
  expect(sizes).toEqual([...Array.from({ length: 16 }, () => 1), 500, 500]);
  for (const resolve of held) resolve();
  await Promise.all(flushes);
  expect((await inner.get([resultKey("0"), resultKey("1015")])).every((value) => value !== undefined)).toBe(
    true,
  );
});
