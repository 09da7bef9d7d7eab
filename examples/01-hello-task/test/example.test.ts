import { expect, it } from "vitest";
import { readmeCommand, runToEnd } from "../../run-example.js";

const start = readmeCommand(1);

it("prints the sum and the three users, and ends by itself", async () => {
  const output = await runToEnd(start);
  expect(output).toContain("add(123, 44) = 167");
  expect(output).toContain("{ id: 1, name: 'aa' }");
  expect(output).toContain("{ id: 322, name: 'bb' }");
  expect(output).toContain("{ id: 11, name: 'cc' }");
}, 60_000);
