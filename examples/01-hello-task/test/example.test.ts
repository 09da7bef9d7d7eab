import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("prints the sum and the three users, and ends by itself", async () => {
  const { stdout } = await promisify(execFile)("pnpm", ["--silent", "start"]);
  expect(stdout).toContain("add(123, 44) = 167");
  expect(stdout).toContain("{ id: 1, name: 'aa' }");
  expect(stdout).toContain("{ id: 322, name: 'bb' }");
  expect(stdout).toContain("{ id: 11, name: 'cc' }");
}, 60_000);
