import { MemoryBroker } from "@ytask/core/memory";
import { expect, it } from "vitest";
import { brokerConformance } from "../src/index.js";
import { randomFrom } from "../src/random.js";
import { Recorder } from "./recorder.js";

it("prints the seed of a random behaviour in its title, and takes one", () => {
  const titles = [undefined, 7].map((seed) => {
    const recorder = new Recorder();
    const shared = new MemoryBroker();
    brokerConformance(recorder, {
      capabilities: shared.capabilities,
      takenBackWithinMs: 100,
      create: () => shared.sibling(),
      connection: { missing: "not needed here" },
      seed,
    });
    return recorder.tests.map(({ title }) => title).find((title) => title.includes("seed"));
  });
  expect(titles).toEqual([expect.stringMatching(/\(seed \d+\)$/), expect.stringMatching(/\(seed 7\)$/)]);
});

it("gives the same numbers for the same seed, all below the bound", () => {
  const [one, other] = [randomFrom(7), randomFrom(7)];
  const numbers = Array.from({ length: 1_000 }, () => one(10));
  expect(numbers).toEqual(Array.from({ length: 1_000 }, () => other(10)));
  expect(new Set(numbers)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
});
