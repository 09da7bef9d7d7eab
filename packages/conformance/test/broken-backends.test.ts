import { AssertionError } from "node:assert";
import { describe, expect, it } from "vitest";
import { type BackendBreak, testsOfBackend } from "./break-backend.js";
import { brokenBackends } from "./broken-backends.js";

const never = () => new Promise<never>(() => {});

/** Longer than the expiry of a second that the kit waits for; what is broken by hanging has a shorter one. */
const boundMs = 3_000;
const hangingBoundMs = 400;

describe.concurrent("the kit on backends", () => {
  it("passes a whole one that is wrapped as the broken ones are", async () => {
    const failures = await testsOfBackend(() => ({}), 10_000).run();
    expect(failures.size).toBeGreaterThan(20);
    expect([...failures].filter(([, failure]) => failure !== undefined)).toEqual([]);
  }, 60_000);

  for (const [what, { broken, caughtBy }] of Object.entries(brokenBackends))
    it(`catches one that ${what}`, async () => {
      const failures = await testsOfBackend(broken, boundMs).run(caughtBy);
      expect(failures.size).toBe(caughtBy.length);
      for (const [title, failure] of failures) expect(failure?.error, title).toBeInstanceOf(AssertionError);
    }, 60_000);

  const hanging: Record<string, BackendBreak> = {
    connect: () => ({ connect: never }),
    set: () => ({ set: never }),
    get: () => ({ get: never }),
    watch: () => ({ watch: never }),
    unwatch: (inner) => ({
      async watch(key, onSet) {
        await inner.watch?.(key, onSet);
        return never;
      },
    }),
    close: () => ({ close: never }),
  };
  for (const [call, broken] of Object.entries(hanging))
    it(`catches one whose ${call} never settles, names the call, and does not hang`, async () => {
      const failures = await testsOfBackend(broken, hangingBoundMs).run();
      const messages = [...failures.values()].map((failure) => String(failure?.error));
      expect(messages).toContainEqual(expect.stringContaining(`backend.${call} did not settle`));
    }, 60_000);
});
