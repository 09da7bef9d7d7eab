import { describe, expect, it } from "vitest";
import { count, type Facts } from "../src/count.js";
import type { Plan } from "../src/plan.js";
import type { Sent } from "../src/producer.js";
import type { Execution } from "../src/records.js";

const plan = (number: number, more: Partial<Plan> = {}): Plan => ({
  ...{ number, runMs: 10, failures: 0, delaysMs: [0] },
  ...more,
});

const sent = (number: number, more: Partial<Plan> = {}, from = 1_000): Sent => ({
  ...{ plan: plan(number, more), from, confirmedAt: from + 5, id: `id${number}` },
});

/** An attempt that a server took at 1.010 s, began 10 ms later, and settled 30 ms after that. */
const execution = (number: number, more: Partial<Execution> = {}): Execution => ({
  ...{ life: "1.1", id: `id${number}`, number, step: 0, attempt: 1, returned: true },
  ...{ receivedAt: 1_010, beganAt: 1_020, endedAt: 1_040, clearAt: 1_050 },
  ...more,
});

const traits = { atomicReplace: true, countsBySending: false, delaysByMoving: false, acksInMemoryMs: 0 };

const facts = (more: Partial<Facts>): Facts => ({
  ...{ sent: [], happened: [], lives: [], results: new Map(), dead: 0, endedAt: 2_000 },
  recorded: { executions: [], alive: [] },
  traits,
  ...more,
});

const ran = (...executions: Execution[]) => ({ recorded: { executions, alive: [] } });
const kill = { name: "kill", from: 1_030, until: 1_030, life: "1.1" } as const;
const again = { life: "2.1", receivedAt: 1_200, beganAt: 1_210, endedAt: 1_230, clearAt: 1_240 };

describe("the count", () => {
  it("finds nothing wrong where each task ran once", () => {
    const verdict = count(facts({ sent: [sent(1)], ...ran(execution(1)) }));
    expect(verdict).toMatchObject({ confirmed: 1, lost: [], duplicates: { count: 0, bound: 0 }, broken: [] });
  });

  it("calls a confirmed task lost of which one attempt or step never ended", () => {
    const workflow = { delaysMs: [0, 0] };
    const verdict = count(
      facts({
        sent: [sent(1), sent(2, workflow), sent(3, { failures: 1 }), sent(4)],
        ...ran(...[execution(2), execution(3, { returned: false }), execution(4, { endedAt: undefined })]),
      }),
    );
    expect(verdict.lost.map((task) => task.sent.plan.number)).toEqual([1, 2, 3, 4]);
  });

  it("does not miss a task that was never confirmed", () => {
    const verdict = count(facts({ sent: [{ ...sent(1), confirmedAt: undefined }] }));
    expect(verdict).toMatchObject({ sent: 1, confirmed: 0, lost: [], broken: [] });
  });

  it("allows a second run of what was unsettled on a server when it was killed, and of nothing else", () => {
    const executions = [execution(1, { clearAt: undefined }), execution(1, again)];
    const settledBefore = [execution(2, { clearAt: 1_025 }), execution(2, again)];
    const elsewhere = [execution(3, { life: "3.1", clearAt: undefined }), execution(3, again)];
    const verdict = count(
      facts({
        sent: [sent(1), sent(2), sent(3)],
        happened: [kill],
        ...ran(...executions, ...settledBefore, ...elsewhere),
      }),
    );
    expect(verdict.duplicates).toMatchObject({ count: 3, bound: 1 });
    expect(verdict.duplicates.unexplained.map(({ number }) => number)).toEqual([2, 3]);
  });

  it("allows what follows to run twice too, only where a broker cannot replace in one step", () => {
    const retried = { attempt: 2, receivedAt: 1_500, beganAt: 1_510, endedAt: 1_520, clearAt: 1_530 };
    const executions = [
      ...[execution(1, { returned: false, clearAt: undefined }), execution(1, { ...again, returned: false })],
      ...[execution(1, retried), execution(1, { ...retried, life: "2.1" })],
    ];
    const all = { sent: [sent(1, { failures: 1 })], happened: [kill], ...ran(...executions) };
    const inSteps = { ...traits, atomicReplace: false };
    expect(count(facts(all)).duplicates).toMatchObject({ count: 2, bound: 1 });
    expect(count(facts({ ...all, traits: inSteps })).duplicates).toMatchObject({
      count: 2,
      bound: 2,
      unexplained: [],
    });
  });

  it("allows a second run of what was settled right before a crash, only where a broker keeps acks in memory", () => {
    const crash = { name: "restartBroker", from: 1_060, until: 1_100, life: undefined } as const;
    const all = { sent: [sent(1)], happened: [crash], ...ran(execution(1), execution(1, again)) };
    const lazy = { ...traits, acksInMemoryMs: 20 };
    expect(count(facts(all)).duplicates).toMatchObject({ count: 1, bound: 0 });
    expect(count(facts({ ...all, traits: lazy })).duplicates).toMatchObject({ count: 1, bound: 1 });
  });

  it("allows two more runs of what came back while faults went on, only where a broker counts by sending again", () => {
    const crash = { name: "restartBroker", from: 1_100, until: 1_150, life: undefined } as const;
    const executions = [
      execution(1, { clearAt: undefined }),
      execution(1, again),
      execution(1, { ...again, life: "3.1", beganAt: 1_213 }),
    ];
    const all = { sent: [sent(1)], happened: [kill, crash], ...ran(...executions) };
    const bySending = { ...traits, countsBySending: true };
    expect(count(facts(all)).duplicates).toMatchObject({ count: 2, bound: 1, unexplained: [{ number: 1 }] });
    expect(count(facts({ ...all, traits: bySending })).duplicates).toMatchObject({
      count: 2,
      unexplained: [],
    });
  });

  it("counts a pause that the machine made by itself like one of its own", () => {
    const alive = [1_000, 9_000].map((at) => ({ life: "1.1", at, rss: 1 }));
    const executions = [execution(1, { clearAt: 9_100 }), execution(1, again)];
    const verdict = count(facts({ sent: [sent(1)], recorded: { executions, alive } }));
    expect(verdict.duplicates).toMatchObject({ count: 1, bound: 1, unexplained: [] });
  });

  it("calls an attempt early that began before its delay, or its retry's, was over", () => {
    const verdict = count(
      facts({
        sent: [sent(1, { delaysMs: [21] }), sent(2, { delaysMs: [20] }), sent(3, { failures: 1 })],
        ...ran(execution(1), execution(2), execution(3), execution(3, { attempt: 2, beganAt: 1_289 })),
      }),
    );
    expect(verdict.early.map(({ number }) => number)).toEqual([1, 3]);
  });

  it("allows a result to be missing only where the backend was away when its task ended", () => {
    const stop = { name: "stopBackend", from: 1_045, until: 1_100, life: undefined } as const;
    const late = { receivedAt: 9_000, beganAt: 9_010, endedAt: 9_020, clearAt: 9_030 };
    const verdict = count(
      facts({
        sent: [sent(1), sent(2, {}, 8_000)],
        happened: [stop],
        results: new Map([1, 2].map((number) => [number, "missing" as const])),
        ...ran(execution(1), execution(2, late)),
      }),
    );
    expect(verdict).toMatchObject({ missing: 2, missingUnexplained: [2] });
  });

  it("allows the same of a server that was paused while the backend was away, and notices later", () => {
    const stop = { name: "stopBackend", from: 1_045, until: 1_100, life: undefined } as const;
    const pause = { name: "pause", from: 1_050, until: 8_900, life: "1.1" } as const;
    const late = { receivedAt: 9_000, beganAt: 9_010, endedAt: 9_020, clearAt: 9_030 };
    const verdict = count(
      facts({
        sent: [sent(1, {}, 8_000), sent(2, {}, 8_000)],
        happened: [stop, pause],
        results: new Map([1, 2].map((number) => [number, "missing" as const])),
        ...ran(execution(1, late), execution(2, { ...late, life: "2.1" })),
      }),
    );
    expect(verdict.missingUnexplained).toEqual([2]);
  });

  it("measures the longest time in which nothing began while something could have, without the broker's absence", () => {
    const restart = { name: "restartBroker", from: 5_000, until: 12_000, life: undefined } as const;
    const late = { receivedAt: 40_000, beganAt: 40_010, endedAt: 40_020, clearAt: 40_030 };
    const verdict = count(
      facts({
        sent: [sent(1), sent(2)],
        happened: [restart],
        ...ran(execution(1), execution(2, late)),
        endedAt: 41_000,
      }),
    );
    expect(verdict.stall).toEqual({ ms: 38_990, from: 1_020, outageMs: 7_000 });
    expect(verdict.broken.join()).toContain("nothing began for 31990 ms");
  });

  it("does not call it a stall where nothing could begin", () => {
    const verdict = count(
      facts({
        sent: [sent(1), sent(2, {}, 60_000)],
        ...ran(
          execution(1),
          execution(2, { receivedAt: 60_010, beganAt: 60_020, endedAt: 60_030, clearAt: 60_040 }),
        ),
        endedAt: 61_000,
      }),
    );
    expect(verdict.stall.ms).toBeLessThan(100);
  });
});
