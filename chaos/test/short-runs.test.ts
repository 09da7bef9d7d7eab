import { describeWithOwnServer } from "@ytask-internal/test-servers";
import { expect, it } from "vitest";
import type { BrokerKind } from "../src/settings.js";
import { runOf } from "./support/run-of.js";

/** With these, each kind of fault happens once at least in so short a run. */
const seeds: Readonly<Record<BrokerKind, number>> = {
  redis: 2,
  "redis-cluster": 2,
  rabbitmq: 2,
  "rabbitmq-quorum": 2,
};

for (const [server, broker] of [
  ["redis", "redis"],
  ["redis", "redis-cluster"],
  ["rabbitmq", "rabbitmq"],
  ["rabbitmq", "rabbitmq-quorum"],
] as const)
  describeWithOwnServer(server, `a short run on ${broker}`, () => {
    it("loses nothing, runs nothing early, and runs twice only what was in doubt, through every kind of fault", async () => {
      const run = await runOf({ broker, seed: seeds[broker], durationMs: 18_000, faultEveryMs: 2_200 });
      expect(run.verdict.broken, run.text).toEqual([]);
      expect(run.verdict.confirmed).toBeGreaterThan(100);
    });
  });
