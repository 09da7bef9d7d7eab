import { type FaultName, faults } from "./faults.js";
import { randomOf } from "./random.js";

/** A fault that is to happen. */
export interface Planned {
  readonly name: FaultName;
  /** When, in milliseconds from the start of the run. */
  readonly afterMs: number;
  readonly forMs: number;
  /** Whom it hits, where it hits one. */
  readonly server: number;
}

/**
 * Which fault happens when, and to whom: the same for the same seed. All of them in a new order each round, so that a
 * short run has each of them as well. They overlap: the next begins whether or not the one before is over.
 */
export function schedule(
  seed: number,
  names: readonly FaultName[],
  servers: number,
  durationMs: number,
  everyMs: number,
): readonly Planned[] {
  const random = randomOf(seed, "schedule");
  const planned: Planned[] = [];
  let left: FaultName[] = [];
  for (
    let afterMs = everyMs / 2;
    afterMs < durationMs;
    afterMs += random.between(everyMs / 2, everyMs * 1.5)
  ) {
    if (left.length === 0) left = random.shuffled(names);
    // What would not be over by the end of the run is left out.
    const name = left.find((one) => afterMs + faults[one].lastsMs[1] <= durationMs);
    if (name === undefined) break;
    left = left.filter((one) => one !== name);
    const forMs = random.between(...faults[name].lastsMs);
    planned.push({ name, afterMs, forMs, server: random.between(0, servers - 1) });
  }
  return planned;
}
