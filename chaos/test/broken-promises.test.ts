import { describeWithOwnServer } from "@ytask-internal/test-servers";
import { expect, it } from "vitest";
import { runOf } from "./support/run-of.js";

describeWithOwnServer("redis", "a run whose promise is broken on purpose", () => {
  const short = { broker: "redis", seed: 1, drainBoundMs: 5_000 } as const;

  it("finds tasks lost where messages are acked before they run and a server is killed", async () => {
    const { verdict } = await runOf({
      ...short,
      ...{ broken: "ackBeforeRun", faults: ["kill"], durationMs: 6_000, faultEveryMs: 1_500 },
    });
    expect(verdict.lost.length).toBeGreaterThan(0);
    expect(verdict.broken.join()).toContain("confirmed tasks were lost");
  });

  it("finds duplicates above the bound where the renewal of leases does not work", async () => {
    const { verdict } = await runOf({
      ...short,
      ...{ broken: "noRenewal", faults: [], durationMs: 10_000, leaseMs: 15_000 },
    });
    expect(verdict.duplicates.unexplained.length).toBeGreaterThan(0);
    expect(verdict.broken.join()).toContain("ran more often than the faults allow");
  });

  it("finds attempts that begin early where delays are cut short", async () => {
    const { verdict } = await runOf({
      ...short,
      ...{ broken: "earlyTimer", faults: [], durationMs: 3_000 },
    });
    expect(verdict.early.length).toBeGreaterThan(0);
    expect(verdict.broken.join()).toContain("began early");
  });

  it("finds tasks lost without any fault where retries are dropped", async () => {
    const { verdict } = await runOf({
      ...short,
      ...{ broken: "dropRetries", faults: [], durationMs: 2_000 },
    });
    expect(verdict.lost.length).toBeGreaterThan(0);
  });
});
