import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import type { TestRunner } from "../src/index.js";

const fixture = fileURLToPath(new URL("./fixtures/node-test.mjs", import.meta.url));

it("runs under node:test, from the built package", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["--test", "--test-reporter=tap", fixture]);
  expect(stdout).toMatch(/^# pass [2-9][0-9]$/m);
  expect(stdout).toMatch(/^# fail 0$/m);
  expect(stdout).toContain("# SKIP");
  expect(stdout).toContain("(skipped: there is no network inside a process)");
}, 120_000);

it("takes the functions of vitest and of node:test as they are typed", () => {
  type Runner<Module extends { describe: unknown; it: unknown }> = Pick<Module, "describe" | "it">;
  const fits = (runner: Runner<typeof import("vitest")> | Runner<typeof import("node:test")>): TestRunner =>
    runner;
  expect(fits).toBeTypeOf("function");
});
