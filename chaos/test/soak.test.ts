import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithOwnServer } from "@ytask-internal/test-servers";
import { expect, it } from "vitest";
import { soak, stretchesOf } from "../src/soak.js";

describeWithOwnServer("redis", "a soak", () => {
  it("measures memory and latency over time, prints them, and draws them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ytask-soak-"));
    const lines: string[] = [];
    const durationMs = 4_000;
    const outcome = await soak({
      ...{ broker: "redis", seed: 1, durationMs, folder },
      log: (line) => void lines.push(line),
    });

    expect(outcome.verdict.broken).toEqual([]);
    const stretches = stretchesOf(outcome, durationMs);
    expect(stretches.some(({ ran, memoryMb }) => ran > 0 && memoryMb > 10)).toBe(true);
    for (const { medianMs, p99Ms } of stretches) expect(p99Ms).toBeGreaterThanOrEqual(medianMs);
    expect(lines.join("\n")).toContain("p99 ms");
    const drawing = readFileSync(join(folder, "soak-redis.svg"), "utf8");
    expect(drawing.match(/<polyline/g)).toHaveLength(3);
    rmSync(folder, { recursive: true });
  });
});
