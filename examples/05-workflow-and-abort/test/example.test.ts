import { expect, it } from "vitest";
import { readmeCommand, runToEnd } from "../../run-example.js";

const start = readmeCommand(1);

it("runs the workflow to its end, stops the bad ones, and aborts", async () => {
  const output = await runToEnd(start);
  expect(output).toContain("mailed: charged 99 for order A1");
  expect(output).toContain("order A2: order A2 is above the limit");
  expect(output).toContain("order A3: the arguments do not match the schema of the task: args.0.total:");
  expect(output).toContain("checkOrder: failure, charge: waiting, sendReceipt: waiting");
  expect(output).toContain('tidying up behind "the first"');
  expect(output).toContain("aborted: true");
}, 60_000);
