import { randomInt } from "node:crypto";
import type { Broker, BrokerCapabilities, Capability } from "@ytask/core/driver";
import type { Claims } from "./behaviour.js";
import type { BrokerNeed } from "./broker/broker-behaviour.js";
import { BrokerBench } from "./broker/broker-bench.js";
import { brokerBehaviours } from "./broker/index.js";
import { connectionCapabilities } from "./connection.js";
import { defineTests } from "./define-tests.js";
import type { TestRunner } from "./runner.js";
import { type BrokerSetUp, defaultBoundMs } from "./set-up.js";

/**
 * Defines the tests of a broker: the contract of `Broker` in `@ytask/core/driver`, one test per behaviour.
 *
 * @param runner the test runner's functions: `{ describe, it }` of vitest, jest, mocha or node:test
 * @param setUp how to make brokers, and what they can do
 */
export function brokerConformance<Driver extends Broker>(
  runner: TestRunner,
  setUp: BrokerSetUp<Driver>,
): void {
  const boundMs = setUp.boundMs ?? defaultBoundMs;
  const { seed = randomInt(2 ** 31) } = setUp;
  defineTests(runner, {
    title: "broker conformance",
    behaviours: brokerBehaviours,
    claims: claimsOf(setUp.capabilities, setUp),
    testBoundMs: 6 * boundMs + 3 * setUp.takenBackWithinMs,
    seed,
    makeBench: () => BrokerBench.for({ ...setUp, seed }),
  });
}

function claimsOf<Driver extends Broker>(
  { exactRedeliveryCount, front, atomicReplace, orderedRelease = true }: BrokerCapabilities,
  { connection, exceptions = {} }: BrokerSetUp<Driver>,
): Claims<BrokerNeed> {
  const capabilities: Record<BrokerNeed, Capability> = {
    exactRedeliveryCount,
    front,
    atomicReplace,
    orderedRelease,
    ...connectionCapabilities(connection),
  };
  return { capabilities, exceptions };
}
