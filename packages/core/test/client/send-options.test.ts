import { describe, expect, it } from "vitest";
import { composeTask, composeWorkflow } from "../../src/client/compose.js";
import { scheduleOf } from "../../src/client/send-options.js";
import type { SendOptions } from "../../src/index.js";
import { ManualClock } from "../../src/memory/index.js";
import { parseMessage, serializeMessage } from "../../src/wire/index.js";

const now = Date.UTC(2030, 0, 2, 3, 4, 5, 6);
const clock = new ManualClock(now);
const scheduled = (options?: SendOptions) => scheduleOf(options, clock, "options");
const later = (ms: number) => new Date(now + ms);

describe("how a task is sent", () => {
  it("is at once, for ever, within five seconds, by default", () => {
    const wanted = {
      retryCount: undefined,
      runTime: undefined,
      delayMs: 0,
      expireTime: undefined,
      front: false,
      sendTimeoutMs: 5_000,
    };
    expect(scheduled()).toEqual(wanted);
    expect(scheduled({})).toEqual(wanted);
    expect(scheduled({ runAfterMs: undefined, front: undefined, sendTimeoutMs: undefined })).toEqual(wanted);
  });

  it.each<readonly [SendOptions, string | undefined, number]>([
    [{ runAfterMs: 0 }, undefined, 0],
    [{ runAfterMs: 1_500 }, "2030-01-02T03:04:06.506Z", 1_500],
    [{ runAfterMs: 0.2 }, "2030-01-02T03:04:05.007Z", 1],
    [{ runAt: later(60_000) }, "2030-01-02T03:05:05.006Z", 60_000],
    [{ runAt: new Date(now) }, "2030-01-02T03:04:05.006Z", 0],
    [{ runAt: new Date(0) }, "1970-01-01T00:00:00.000Z", 0],
    [{ runAt: new Date("9999-12-31T23:59:59.999Z") }, "9999-12-31T23:59:59.999Z", 251_508_747_354_993],
  ])("with %o is due at %s, in %i ms, never early", (options, runTime, delayMs) => {
    expect(scheduled(options)).toMatchObject({ runTime, delayMs });
  });

  it.each<readonly [SendOptions, string]>([
    [{ expireAfterMs: 0 }, "2030-01-02T03:04:05.006Z"],
    [{ expireAfterMs: 60_000 }, "2030-01-02T03:05:05.006Z"],
    [{ expireAt: later(1_000) }, "2030-01-02T03:04:06.006Z"],
    [{ expireAt: new Date(0) }, "1970-01-01T00:00:00.000Z"],
  ])("with %o expires at %s", (options, expireTime) => {
    expect(scheduled(options).expireTime).toBe(expireTime);
  });
});

describe("the message of a task", () => {
  const compose = (options?: SendOptions) =>
    composeTask("g", "task", [1, "<a>"], options, clock, "client.send");

  it("has three retries by default, and says that nobody named them", () => {
    const { message } = compose();
    expect(message).toMatchObject({ name: "task", args: ["1", '"\\u003ca\\u003e"'], retryCount: 3 });
    expect(message.extra).toEqual({ defaultRetryCount: [0] });
    expect(compose({ retryCount: 3 }).message.extra).toEqual({});
    expect(compose({ retryCount: 0 }).message.retryCount).toBe(0);
  });

  it("has an id of its own each time", () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => compose().message.id));
    expect(ids.size).toBe(1_000);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it("is read back as it was written", () => {
    const { message } = compose({ runAfterMs: 5, expireAfterMs: 10, retryCount: 7 });
    expect(parseMessage(serializeMessage(message))).toEqual(message);
  });
});

describe("the message of a workflow", () => {
  const { message, schedule, group } = composeWorkflow(
    [
      {
        group: "a",
        name: "first",
        args: [1],
        options: { runAfterMs: 250, expireAfterMs: 1_000, retryCount: 1 },
      },
      { group: "b", name: "second", options: { runAfterMs: 500 } },
      { group: "a", name: "first", options: { retryCount: 0, expireAt: later(9_000) } },
    ],
    clock,
  );

  it("is for its first step, and carries all of them", () => {
    expect(group).toBe("a");
    expect(schedule.delayMs).toBe(250);
    expect(message).toMatchObject({
      name: "first",
      args: ["1"],
      retryCount: 1,
      runTime: "2030-01-02T03:04:05.256Z",
    });
    const step = { group: "a", name: "first", expireTime: "2030-01-02T03:04:06.006Z" };
    expect(message.workflow).toEqual([
      { ...step, retryCount: 1, runAfterMs: 250 },
      { group: "b", name: "second", retryCount: 3, runAfterMs: 500, expireTime: undefined },
      { ...step, retryCount: 0, runAfterMs: 0, expireTime: "2030-01-02T03:04:14.006Z" },
    ]);
    expect(message.extra).toEqual({ step: 0, defaultRetryCount: [1] });
  });

  it("is written so that Go reads each time and delay", () => {
    const wire = JSON.parse(serializeMessage(message)).MsgArgs;
    expect(wire.Workflow.map((step: { RunAfter: number }) => step.RunAfter)).toEqual([
      250_000_000, 500_000_000, 0,
    ]);
    expect(wire.Workflow[1].ExpireTime).toBe("0001-01-01T00:00:00Z");
    expect(parseMessage(serializeMessage(message))).toEqual(message);
  });

  it("has a first step due in thousands of years written within Go's nanoseconds", () => {
    const far = composeWorkflow(
      [{ group: "a", name: "x", options: { runAt: new Date("9999-01-01") } }],
      clock,
    );
    const nanoseconds = JSON.parse(serializeMessage(far.message)).MsgArgs.Workflow[0].RunAfter;
    expect(nanoseconds).toBeLessThan(2 ** 63);
    expect(far.message.runTime).toBe("9999-01-01T00:00:00.000Z");
  });
});
