import type { Capability } from "@ytask/core/driver";

/** One thing that a driver does, and the test that shows it. */
export interface Behaviour<Bench, Need extends string> {
  /** A sentence about the driver: the test's title, and the key of an exception. Unique in a kit. */
  readonly name: string;
  /** The capabilities that the driver needs for it. If one is missing, the test is skipped, with its reason. */
  readonly needs?: readonly Need[];
  /** Whether it does things at random: then its title shows the seed. */
  readonly isRandom?: boolean;
  /** Rejects if the driver does not do it. */
  run(bench: Bench): Promise<void>;
}

/** What decides whether a behaviour is tested. */
export interface Claims<Need extends string> {
  readonly capabilities: Readonly<Record<Need, Capability>>;
  /** The names of behaviours that the driver does not show, each with the reason. */
  readonly exceptions: Readonly<Record<string, string>>;
}

/** What becomes of a behaviour's test. `refused`: it would be skipped, but without a reason. */
export type Verdict =
  | { readonly kind: "run" }
  | { readonly kind: "skip"; readonly reason: string }
  | { readonly kind: "refused"; readonly problem: string };

/** Whether a behaviour is tested, or why not. */
export function verdict<Need extends string>(
  behaviour: Behaviour<never, Need>,
  { capabilities, exceptions }: Claims<Need>,
): Verdict {
  const exception = exceptions[behaviour.name];
  if (exception !== undefined) return skipFor(exception, `The exception "${behaviour.name}"`);
  for (const need of behaviour.needs ?? []) {
    const capability = capabilities[need];
    if (capability === true) continue;
    return skipFor(capability === false ? "" : capability.missing, `The capability "${need}"`);
  }
  return { kind: "run" };
}

const skipFor = (reason: string, what: string): Verdict =>
  reason.trim() === ""
    ? { kind: "refused", problem: `${what} has no reason: say in a sentence why the driver cannot do it.` }
    : { kind: "skip", reason };
