import { afterAll, beforeAll, describe, it } from "vitest";
import { behaviours } from "./behaviours/index.js";
import { Bench } from "./bench.js";
import type { EngineDrivers } from "./drivers.js";

export type { EngineDrivers } from "./drivers.js";

/** Defines a test for each behaviour, over the drivers that `setUp` makes once for all of them. */
export function engineBehaviours(name: string, setUp: () => EngineDrivers | Promise<EngineDrivers>): void {
  describe(`servers and clients over ${name}`, () => {
    let drivers: EngineDrivers;
    beforeAll(async () => {
      drivers = await setUp();
    });
    afterAll(() => drivers?.stop());
    // Each has groups of its own, and most of the time is spent waiting.
    for (const { title, run } of behaviours)
      it.concurrent(title, async () => {
        await using bench = new Bench(drivers);
        await run(bench);
      });
  });
}
