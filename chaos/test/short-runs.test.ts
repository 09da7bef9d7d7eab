import { describeWithOwnServer } from "@ytask-internal/test-servers";
import { expect, it } from "vitest";
import { faults } from "../src/faults.js";
import { runOf } from "./support/run-of.js";

/** With this one, each kind of fault happens even in so short a run. */
const seed = 34;

for (const [server, broker] of [
  ["redis", "redis"],
  ["redis", "redis-cluster"],
  ["rabbitmq", "rabbitmq"],
  ["rabbitmq", "rabbitmq-quorum"],
] as const)
  describeWithOwnServer(server, `a short run on ${broker}`, () => {
    it("loses nothing, runs nothing early, and runs twice only what was in doubt, through every kind of fault", async () => {
      const run = await runOf({ broker, seed, durationMs: 18_000, faultEveryMs: 2_200 });
      expect(run.verdict.broken, run.text).toEqual([]);
      const kinds = Object.keys(faults).filter((name) => name !== "failOver" || broker === "redis-cluster");
      expect([...new Set(run.happened.map(({ name }) => name))].sort()).toEqual(kinds.sort());
      expect(run.verdict.confirmed).toBeGreaterThan(100);
    });
  });
