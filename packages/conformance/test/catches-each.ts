import { AssertionError } from "node:assert";
import { expect, it } from "vitest";
import { testsOfBroker } from "./break-broker.js";
import type { BrokenBroker } from "./broken-brokers.js";

/** Long enough for a whole driver on a busy machine. */
const boundMs = 2_000;

/** A test for each broken broker: that the kit catches it, by the behaviours that it should. */
export function catchesEach(brokers: Readonly<Record<string, BrokenBroker>>): void {
  for (const [what, { broken, caughtBy }] of Object.entries(brokers))
    it(`catches one that ${what}`, async () => {
      const failures = await testsOfBroker(broken, boundMs).run(caughtBy);
      expect(failures.size).toBe(caughtBy.length);
      for (const [title, failure] of failures) expect(failure?.error, title).toBeInstanceOf(AssertionError);
    }, 60_000);
}
