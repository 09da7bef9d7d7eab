import type { Bench } from "./bench.js";

/** One thing that servers and clients do together, whatever the broker. */
export interface Behaviour {
  /** A sentence: the test's title. */
  readonly title: string;
  /** Whether it is about a fault: a full run shows it twenty times over. */
  readonly isFault?: boolean;
  run(bench: Bench): Promise<void>;
}
