import { MemoryBackend } from "@ytask/core/memory";
import { describe, expect, it } from "vitest";
import { backendConformance } from "../src/index.js";
import type { BackendSetUp } from "../src/set-up.js";
import { Recorder } from "./recorder.js";

const finishes = "of two servers that finish one task at once the first one's result stands";
const expires = "a value is gone when its expiry is over, and stays until then or forever";

function testsWith(changes: Partial<BackendSetUp>): Recorder {
  const recorder = new Recorder();
  const shared = new MemoryBackend();
  backendConformance(recorder, {
    capabilities: shared.capabilities,
    watch: true,
    create: () => shared.sibling(),
    connection: { missing: "it cannot be cut off" },
    ...changes,
  });
  return recorder;
}

const titlesOf = (recorder: Recorder, isSkipped: boolean) =>
  recorder.tests.filter((test) => test.isSkipped === isSkipped).map(({ title }) => title);

describe("a skip", () => {
  it("is made for a missing capability, and its title tells the reason", () => {
    const recorder = testsWith({
      capabilities: { atomicUnlessFinished: { missing: "no compare-and-swap" } },
    });
    const skipped = titlesOf(recorder, true).find((title) => title.startsWith(finishes));
    expect(skipped).toMatch(/\(skipped: no compare-and-swap\)$/);
  });

  it("is made for an exception, and its title tells the reason", () => {
    const recorder = testsWith({ exceptions: { [expires]: "this server keeps everything" } });
    expect(titlesOf(recorder, true)).toContain(`${expires} (skipped: this server keeps everything)`);
    expect(titlesOf(recorder, false)).not.toContain(expires);
  });

  it("is made for each behaviour that needs a connection to take away, where there is none", () => {
    const skipped = titlesOf(testsWith({}), true);
    expect(skipped.filter((title) => title.endsWith("(skipped: it cannot be cut off)"))).toHaveLength(5);
  });

  it("without a reason is a test that fails and says so", async () => {
    const withFalse = await testsWith({ capabilities: { atomicUnlessFinished: false } }).run([finishes]);
    expect(String([...withFalse.values()][0]?.error)).toContain('"atomicUnlessFinished" has no reason');
    const withBlank = await testsWith({ exceptions: { [expires]: " " } }).run([expires]);
    expect(String([...withBlank.values()][0]?.error)).toContain("has no reason");
  });

  it("for a behaviour that the kit does not have is a test that fails", async () => {
    const failures = await testsWith({ exceptions: { "it flies": "no wings" } }).run(["the exception"]);
    expect(String([...failures.values()][0]?.error)).toContain('The kit has no behaviour "it flies"');
  });
});
