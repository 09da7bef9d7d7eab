import type { Bench } from "./bench.js";

/** One thing that servers and clients do together, whatever the broker. */
export interface Behaviour {
  /** A sentence: the test's title. */
  readonly title: string;
  run(bench: Bench): Promise<void>;
}
