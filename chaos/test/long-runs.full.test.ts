import { describeWithOwnServer } from "@ytask-internal/test-servers";
import { expect, it } from "vitest";
import { runOf } from "./support/run-of.js";

const seed = Date.now() % 1_000_000;

for (const [server, broker] of [
  ["redis", "redis"],
  ["redis", "redis-cluster"],
  ["rabbitmq", "rabbitmq"],
  ["rabbitmq", "rabbitmq-quorum"],
] as const)
  describeWithOwnServer(server, `a long run on ${broker}`, () => {
    it(`keeps every promise for three minutes of faults, seed ${seed}`, async () => {
      const run = await runOf({ broker, seed, durationMs: 180_000 });
      console.log(run.text);
      expect(run.verdict.broken, run.text).toEqual([]);
    });
  });
