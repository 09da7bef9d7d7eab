import { afterAll, beforeAll, describe, it } from "vitest";
import type { Behaviour } from "./behaviour.js";
import { behaviours } from "./behaviours/index.js";
import { Bench } from "./bench.js";
import type { EngineDrivers } from "./drivers.js";

export type { EngineDrivers } from "./drivers.js";

const faultRuns = process.env.YTASK_TEST_FULL ? 20 : 1;

/** One for each time that it is shown. */
function titles({ title, isFault = false }: Behaviour): string[] {
  if (!isFault || faultRuns === 1) return [title];
  return Array.from({ length: faultRuns }, (_, index) => `${title} (${index + 1} of ${faultRuns})`);
}

/** Defines a test for each behaviour, over the drivers that `setUp` makes once for all of them. */
export function engineBehaviours(name: string, setUp: () => EngineDrivers | Promise<EngineDrivers>): void {
  describe(`servers and clients over ${name}`, () => {
    let drivers: EngineDrivers;
    beforeAll(async () => {
      drivers = await setUp();
    });
    afterAll(() => drivers?.stop());
    // Each has groups of its own, and most of the time is spent waiting.
    for (const behaviour of behaviours)
      for (const title of titles(behaviour))
        it.concurrent(title, async () => {
          await using bench = new Bench(drivers);
          await behaviour.run(bench);
        });
  });
}
