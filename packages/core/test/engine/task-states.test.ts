import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { transitions } from "../../src/engine/transitions.js";
import { Status } from "../../src/results/status.js";

const page = readFileSync(new URL("../../../../docs/task-states.md", import.meta.url), "utf8");
const nameOf = (status: Status) => Object.entries(Status).find(([, number]) => number === status)?.[0] ?? "";

describe("docs/task-states.md", () => {
  it("has a row for each row of the transition table, and no other", () => {
    const rows = transitions.map(
      ({ happening, from, to, when }) =>
        `| ${happening} | ${from.map(nameOf).join(", ")} | ${nameOf(to)} | ${when} |`,
    );
    const table = page.split("## What moves it")[1]?.split("\n## ")[0] ?? "";
    expect(table.trim().split("\n").slice(2)).toEqual(rows);
  });

  it("draws an arrow for each transition, and no other", () => {
    const arrows = transitions.flatMap(({ happening, from, to }) =>
      from.map((status) => `${nameOf(status)} --> ${nameOf(to)}: ${happening}`),
    );
    const drawn = [...page.matchAll(/^ {2}(\w+ --> \w+: \w+)$/gm)].map(([, arrow]) => arrow);
    expect(drawn.sort()).toEqual(arrows.sort());
  });

  it("names each status with its number", () => {
    for (const [name, number] of Object.entries(Status)) expect(page).toContain(`| ${name} | ${number} |`);
  });
});
