import type { Contestant, Servers } from "./contestant.js";

/** What one round measured, by the names in `Measurement.figures`. */
export type Figures = Readonly<Record<string, number>>;

export type Parameters = Readonly<Record<string, number>>;

/** One set of parameters, and how it is called in tables and charts. */
export interface Case {
  readonly label: string;
  readonly parameters: Parameters;
}

export interface Figure {
  readonly title: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
}

export interface Measurement {
  readonly title: string;
  /** What is done, in a sentence or two. */
  readonly about: string;
  readonly figures: Readonly<Record<string, Figure>>;
  /** @param isQuick fewer and smaller ones, which show that it works rather than how fast it is */
  cases(isQuick: boolean): readonly Case[];
  suits(contestant: Contestant, parameters: Parameters): boolean;
  /** One round. Rejects where a task did not run exactly once, or its result is missing. */
  round(round: Round): Promise<Figures>;
}

export interface Round {
  readonly contestant: Contestant;
  /** Its key in `contestants`. */
  readonly contestantName: string;
  readonly servers: Servers;
  readonly parameters: Parameters;
}

/** @throws where a measurement asks for a parameter that its case does not have */
export function parameter(parameters: Parameters, name: string): number {
  const value = parameters[name];
  if (value === undefined) throw new Error(`the case has no parameter ${name}`);
  return value;
}
