import { describe, expect, it } from "vitest";
import { ManualClock } from "../../src/memory/index.js";
import { bounded } from "../../src/time/bounded.js";

/** A clock whose timers fire late by `lateMs`, as after a blocked event loop. */
class LateClock extends ManualClock {
  lateMs = 0;

  override elapsed(): number {
    return super.elapsed() + this.lateMs;
  }
}

/** A call with a bound of a second whose timer fires late, how to answer it, and what the caller got up to now. */
async function callWithLateTimer(lateMs: number) {
  const clock = new LateClock();
  let answer: (value: string) => void = () => undefined;
  const call = new Promise<string>((resolve) => (answer = resolve));
  const got: string[] = [];
  void bounded(call, 1_000, () => "given up", clock).then((value) => got.push(value));
  clock.lateMs = lateMs;
  await clock.advance(1_000);
  return { clock, answer, got };
}

describe("a bounded call", () => {
  it("is given up at its bound", async () => {
    expect((await callWithLateTimer(0)).got).toEqual(["given up"]);
  });

  it("takes an answer that came while the event loop was blocked", async () => {
    const { clock, answer, got } = await callWithLateTimer(3_000);
    answer("the answer");
    await clock.advance(0);
    expect(got).toEqual(["the answer"]);
  });

  it("is given up a moment after the event loop was blocked, where no answer came", async () => {
    const { clock, got } = await callWithLateTimer(3_000);
    await clock.advance(100);
    expect(got).toEqual(["given up"]);
  });
});
