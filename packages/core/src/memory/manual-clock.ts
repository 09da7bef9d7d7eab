import type { Clock, Timer } from "../time/clock.js";

interface Alarm {
  readonly atMs: number;
  readonly fire: () => void;
}

/** How many turns of the event loop run between two timers: enough for some dozens of batches, one after the other. */
const turns = 200;

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < turns; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};

/** A clock that stands still until a test advances it. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #alarms = new Set<Alarm>();

  /** @param startMs the time that it shows at first, in milliseconds since 1970; default the start of 2025 */
  constructor(startMs: number = Date.UTC(2025, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  elapsed(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void): Timer {
    const alarm = { atMs: this.#nowMs + Math.max(0, delayMs), fire };
    this.#alarms.add(alarm);
    return { cancel: () => void this.#alarms.delete(alarm) };
  }

  /**
   * Moves time on, and fires each timer that comes due, in order and at its time. Between timers, promises and 200
   * turns of the event loop run, so that whatever a timer started has settled. It may set timers, which fire too.
   */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settle();
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.fire();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** The earliest alarm up to `untilMs`; if several have the same time, the one that was set first. */
  #next(untilMs: number): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of this.#alarms)
      if (alarm.atMs <= untilMs && (next === undefined || alarm.atMs < next.atMs)) next = alarm;
    return next;
  }
}
