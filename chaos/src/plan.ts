import type { Random } from "./random.js";

/** A task as it is to be sent, and what has to become of it. */
export interface Plan {
  readonly number: number;
  /** How long each attempt of each step runs, in milliseconds. */
  readonly runMs: number;
  /** How many attempts of the first step throw before one returns. */
  readonly failures: number;
  /** How long each step is kept back, in milliseconds; one number a step. */
  readonly delaysMs: readonly number[];
}

/** How long a planned failure is kept back before its retry, in milliseconds. */
export const retryDelayMs = 250;
/** More than any plan needs, so that no task fails for good. */
export const retryCount = 5;

/** One step's attempt. Each has to begin once at least, and none earlier than its delay says. */
export interface Unit {
  readonly number: number;
  readonly step: number;
  readonly attempt: number;
  readonly delayMs: number;
}

/** The mix: half plain, the others delayed, failing at first, workflows, or long. */
export function planTask(number: number, random: Random): Plan {
  const kind = random.between(1, 100);
  const runMs = kind > 95 ? random.between(1_000, 2_000) : random.between(5, 250);
  const delayMs = kind > 50 && kind <= 65 ? random.between(100, 3_000) : 0;
  const failures = kind > 65 && kind <= 80 ? random.between(1, 2) : 0;
  const laterSteps = kind > 80 && kind <= 95 ? [random.pick([0, 300]), random.pick([0, 150])] : [];
  return { number, runMs, failures, delaysMs: [delayMs, ...laterSteps] };
}

/** All that has to run for a plan, in its order. */
export function unitsOf({ number, failures, delaysMs }: Plan): readonly Unit[] {
  return delaysMs.flatMap((delayMs, step) => {
    const attempts = step === 0 ? failures + 1 : 1;
    return Array.from({ length: attempts }, (_, index) => ({
      ...{ number, step, attempt: index + 1 },
      delayMs: index === 0 ? delayMs : retryDelayMs,
    }));
  });
}
