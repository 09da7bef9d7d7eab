import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { backendBehaviours } from "../src/backend/index.js";
import { brokerBehaviours } from "../src/broker/index.js";

it("the README names every behaviour, in the kit's order", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const listed = readme.split("\n").flatMap((line) => /^- (.*)$/.exec(line)?.[1] ?? []);
  expect(listed).toEqual([...brokerBehaviours, ...backendBehaviours].map(({ name }) => name));
});

it("each behaviour has a name of its own", () => {
  for (const behaviours of [brokerBehaviours, backendBehaviours])
    expect(new Set(behaviours.map(({ name }) => name)).size).toBe(behaviours.length);
});
