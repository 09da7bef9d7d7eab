import assert from "node:assert/strict";
import { bounded } from "@ytask/core/driver";
import { type Behaviour, type Claims, verdict } from "./behaviour.js";
import type { TestRunner } from "./runner.js";

/** The bench on which a behaviour is shown: made for one test, and tidied up after it. */
export interface Bench {
  /** Closes what the test opened; rejects with the errors of that. */
  tidyUp(): Promise<void>;
}

/** A kit: its subject, its behaviours, and how to make the bench for them. */
export interface Kit<B extends Bench, Need extends string> {
  readonly title: string;
  readonly behaviours: readonly Behaviour<B, Need>[];
  readonly claims: Claims<Need>;
  /** The seed of the random behaviours. */
  readonly seed: number;
  /** How long one test may take, in milliseconds. */
  readonly testBoundMs: number;
  makeBench(): B;
}

/** Defines a test for each behaviour: one that runs, one that is skipped and says why, or one that fails. */
export function defineTests<B extends Bench, Need extends string>(
  runner: TestRunner,
  kit: Kit<B, Need>,
): void {
  runner.describe(kit.title, () => {
    for (const behaviour of kit.behaviours) defineTest(runner, kit, behaviour);
    for (const name of Object.keys(kit.claims.exceptions))
      if (!kit.behaviours.some((behaviour) => behaviour.name === name))
        runner.it(`the exception "${name}" names a behaviour`, async () => {
          assert.fail(`The kit has no behaviour "${name}": take the exception away, or correct its name.`);
        });
  });
}

function defineTest<B extends Bench, Need extends string>(
  { it }: TestRunner,
  kit: Kit<B, Need>,
  behaviour: Behaviour<B, Need>,
): void {
  const decided = verdict(behaviour, kit.claims);
  const run = () => runBehaviour(kit, behaviour);
  const title = behaviour.isRandom === true ? `${behaviour.name} (seed ${kit.seed})` : behaviour.name;
  if (decided.kind === "skip") it.skip(`${title} (skipped: ${decided.reason})`, run);
  else if (decided.kind === "refused") it(title, async () => assert.fail(decided.problem));
  else it(title, withTimeout(run, 2 * kit.testBoundMs), 2 * kit.testBoundMs);
}

/** In mocha, a test's time limit can only be set through `this`. */
function withTimeout(run: () => Promise<void>, timeoutMs: number): () => Promise<void> {
  return function (this: unknown) {
    const context = this as { timeout?: unknown } | undefined;
    if (typeof context?.timeout === "function") context.timeout(timeoutMs);
    return run();
  };
}

async function runBehaviour<B extends Bench, Need extends string>(
  kit: Kit<B, Need>,
  behaviour: Behaviour<B, Need>,
): Promise<void> {
  const bench = kit.makeBench();
  try {
    await bounded(behaviour.run(bench), kit.testBoundMs, () =>
      assert.fail(`The behaviour was not shown within ${kit.testBoundMs} ms.`),
    );
  } catch (error) {
    // The behaviour has already failed. An error of the close would hide that failure.
    await bench.tidyUp().catch(() => {});
    throw error;
  }
  await bench.tidyUp();
}
