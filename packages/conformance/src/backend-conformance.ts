import { randomInt } from "node:crypto";
import type { Backend } from "@ytask/core/driver";
import type { BackendNeed } from "./backend/backend-behaviour.js";
import { BackendBench } from "./backend/backend-bench.js";
import { backendBehaviours } from "./backend/index.js";
import type { Claims } from "./behaviour.js";
import { connectionCapabilities } from "./connection.js";
import { defineTests } from "./define-tests.js";
import type { TestRunner } from "./runner.js";
import { type BackendSetUp, defaultBoundMs } from "./set-up.js";

/**
 * Defines the tests of a backend: the contract of `Backend` in `@ytask/core/driver`, one test per behaviour.
 *
 * @param runner the test runner's functions: `{ describe, it }` of vitest, jest, mocha or node:test
 * @param setUp how to make backends, and what they can do
 */
export function backendConformance<Driver extends Backend>(
  runner: TestRunner,
  setUp: BackendSetUp<Driver>,
): void {
  const { seed = randomInt(2 ** 31) } = setUp;
  defineTests(runner, {
    title: "backend conformance",
    behaviours: backendBehaviours,
    claims: claimsOf(setUp),
    testBoundMs: 6 * (setUp.boundMs ?? defaultBoundMs),
    seed,
    makeBench: () => BackendBench.for({ ...setUp, seed }),
  });
}

function claimsOf<Driver extends Backend>({
  capabilities,
  watch,
  connection,
  exceptions = {},
}: BackendSetUp<Driver>): Claims<BackendNeed> {
  const { atomicUnlessFinished = true } = capabilities ?? {};
  return { capabilities: { atomicUnlessFinished, watch, ...connectionCapabilities(connection) }, exceptions };
}
