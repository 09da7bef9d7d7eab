import type { Summary } from "./statistics.js";

/** All that a run found: what benchmarks/results/latest.json holds. */
export interface Outcome {
  readonly machine: Machine;
  /** The command that makes it again. */
  readonly command: string;
  readonly contestants: Readonly<Record<string, ContestantFacts>>;
  readonly measurements: Readonly<Record<string, MeasurementOutcome>>;
}

export interface Machine {
  /** As an ISO date and time. */
  readonly date: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly redis: string;
  readonly rabbitmq: string;
}

export interface ContestantFacts {
  readonly name: string;
  readonly guarantees: string;
  readonly isBare: boolean;
  /** Such as "ioredis 5.11.1". */
  readonly versions: readonly string[];
  /** Why it was left out, where it was. */
  readonly leftOut?: string;
}

export interface MeasurementOutcome {
  readonly title: string;
  readonly about: string;
  readonly date: string;
  readonly rounds: number;
  /** The machine's load average when it began and when it ended: this benchmark's own load included. */
  readonly load: readonly [number, number];
  readonly figures: Readonly<
    Record<string, { readonly title: string; readonly unit: string; readonly better: "higher" | "lower" }>
  >;
  readonly cases: readonly CaseOutcome[];
}

export interface CaseOutcome {
  readonly label: string;
  /** By contestant and figure. */
  readonly results: Readonly<Record<string, Readonly<Record<string, Summary>>>>;
  /** Why a contestant has none, where a round failed. */
  readonly failures: Readonly<Record<string, string>>;
}
